/** `receipt CID`: which bytes of which deal a file is, with the proof, as a file. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../src/errors.ts'
import type { ReceiptsDocument } from '../src/flow/documents.ts'
import { receiptsFor } from '../src/flow/receipt.ts'
import type { Receipt } from '../src/receipt/schema.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { writeReceipt } from './receipt-file.ts'
import { type Outcome, type Run, runTask } from './run.ts'

interface ReceiptArguments {
  readonly cid: string
  readonly out: string | undefined
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface ReceiptPorts {
  readonly receiptsFor: (cid: string) => Promise<ReceiptsDocument>
}

/** Sentences that a person reads at most; the files have them all. */
const SHOWN = 10

/** With `--json` and no `--out` nothing is written: the document has the receipts. */
export async function issueReceipts(
  args: ReceiptArguments,
  run: Run,
  ports: ReceiptPorts,
): Promise<Outcome<ReceiptsDocument>> {
  const document = await ports.receiptsFor(args.cid)
  const { receipts } = document
  const wanted = args.json && args.out === undefined ? [] : await filesFor(receipts, args, run)
  for (const { path, receipt } of wanted) await writeReceipt(path, receipt)
  const more = receipts.length - SHOWN
  return {
    document,
    text: [
      ...receipts.slice(0, SHOWN).map(({ file, sentence }) => `${file.name}: ${sentence}`),
      ...(more > 0 ? [`and ${formatPlural(more, 'other')}`] : []),
      ...(wanted.length === 1
        ? [`written to ${wanted[0]?.path}`]
        : [
            `${formatPlural(wanted.length, 'receipt')} written to ${resolve(run.cwd, args.out ?? '')}`,
          ]),
    ],
  }
}

interface Wanted {
  readonly path: string
  readonly receipt: Receipt
}

/** One file: the newest deal of the one segment. A folder: all. */
async function filesFor(
  receipts: readonly Receipt[],
  { out }: ReceiptArguments,
  { cwd }: Run,
): Promise<readonly Wanted[]> {
  const [newest] = receipts
  const isOneFile = new Set(receipts.map(placeOf)).size === 1
  if (newest === undefined) return []
  if (out === undefined) {
    if (isOneFile) return [{ path: resolve(cwd, `${nameOf(newest)}.json`), receipt: newest }]
    throw new StorageError('ARGUMENT_INVALID', {
      what: `there are receipts of ${formatPlural(receipts.length, 'file')}`,
      expected: '--out with the folder to write them to',
    })
  }
  const path = resolve(cwd, out)
  const isFolder = !isOneFile || /[/\\]$/.test(out) || (await isFolderAt(path))
  if (!isFolder) return [{ path, receipt: newest }]
  return named(receipts).map(({ name, receipt }) => ({ path: join(path, `${name}.json`), receipt }))
}

/** The newest deal has the plain name; further ones, and files that are in the aggregate twice, are told apart. */
function named(receipts: readonly Receipt[]): { name: string; receipt: Receipt }[] {
  const taken = new Set<string>()
  return receipts.map((receipt) => {
    const plain = nameOf(receipt)
    const byDeal = `${plain}-${receipt.deal.dealId}`
    const name = [plain, byDeal].find((free) => !taken.has(free))
    const chosen = name ?? `${byDeal}-${receipt.segment.slot}`
    taken.add(chosen)
    return { name: chosen, receipt }
  })
}

function nameOf({ file, piece }: Receipt): string {
  return file.root ?? piece.pieceCid
}

function placeOf({ aggregate, segment }: Receipt): string {
  return `${aggregate.pieceCid}/${segment.slot}`
}

async function isFolderAt(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true
}

export default function action(
  args: ReceiptArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withFlow(hre, run, args, (context) =>
      issueReceipts(args, run, { receiptsFor: (cid) => receiptsFor(cid, context) }),
    ),
  )
}
