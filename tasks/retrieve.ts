/** `retrieve CID`: from the depot or a provider, verified, unpacked. `--receipt`: one file out of an aggregate, by Range. */
import { basename, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openDepot } from '../src/depot/fs-store.ts'
import { StorageError } from '../src/errors.ts'
import type { RetrievedDocument } from '../src/flow/documents.ts'
import { retrieveDeal, retrieveStored } from '../src/flow/retrieve-deal.ts'
import { retrieveReceipt } from '../src/flow/retrieve-receipt.ts'
import { checkReceipt } from '../src/receipt/check.ts'
import { retrieve, type Retrieved, type RetrieveOptions } from '../src/retrieve/retrieve.ts'
import { retrieveSegment } from '../src/retrieve/segment.ts'
import { formatBytes, formatCount, formatPlural } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { readReceipt } from './receipt-file.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, required, toBaseUrl } from './values.ts'

interface RetrieveArguments {
  readonly cid: string | undefined
  readonly receipt: string | undefined
  readonly out: string | undefined
  readonly from: string | undefined
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

export interface RetrievePorts {
  /** From the depot, then from the providers of active deals. */
  readonly retrieveDeal: (cid: string, target: string) => Promise<RetrievedDocument>
  /** From one server; no chain is asked. */
  readonly retrieveFrom: (cid: string, target: string, url: string) => Promise<Retrieved>
  /** From the provider of the deal, then from others, then from the depot. */
  readonly retrieveReceipt: (receipt: unknown, target: string) => Promise<RetrievedDocument>
  readonly retrieveReceiptFrom: (
    receipt: unknown,
    target: string,
    url: string,
  ) => Promise<Retrieved>
}

export async function fetchBack(
  args: RetrieveArguments,
  run: Run,
  ports: RetrievePorts,
): Promise<Outcome<RetrievedDocument>> {
  const from = optional('--from', args.from, toBaseUrl)
  const document =
    args.receipt === undefined
      ? await byCid(args, run, ports, from)
      : await byReceipt(args.receipt, args, run, ports, from)
  return {
    document,
    text: formatTable([
      ['root', document.root],
      ...(document.parts === undefined ? [] : [['parts', `${document.parts} pieces, joined`]]),
      ['piece', document.pieceCid],
      ...segmentRow(document),
      ['from', document.source],
      ['verified', `${formatPlural(document.files, 'file')}, ${formatBytes(document.bytes)}`],
      ['unpacked', document.path],
    ]),
  }
}

function byCid(
  args: RetrieveArguments,
  run: Run,
  ports: RetrievePorts,
  from: string | undefined,
): Promise<RetrievedDocument> {
  const cid = required('CID', args.cid, 'Name a CID, or a receipt with --receipt.')
  // A CID is a name; anything else that was typed must not lead out of the current folder.
  const target = resolve(run.cwd, args.out ?? basename(cid))
  if (from === undefined) return ports.retrieveDeal(cid, target)
  return ports.retrieveFrom(cid, target, from).then(toDocument)
}

async function byReceipt(
  path: string,
  args: RetrieveArguments,
  run: Run,
  ports: RetrievePorts,
  from: string | undefined,
): Promise<RetrievedDocument> {
  if (args.cid !== undefined)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'both a CID and --receipt are given',
      expected: 'one of them',
    })
  const value = await readReceipt(resolve(run.cwd, path))
  const { receipt } = checkReceipt(value)
  const target = resolve(run.cwd, args.out ?? receipt.file.root ?? receipt.piece.pieceCid)
  if (from === undefined) return ports.retrieveReceipt(value, target)
  return toDocument(await ports.retrieveReceiptFrom(value, target, from))
}

function segmentRow({ segment }: RetrievedDocument): [string, string][] {
  if (segment === undefined) return []
  const { rawOffset: first, size, aggregate } = segment
  const bytes = `bytes ${formatCount(first)} to ${formatCount(first + size - 1)}`
  return [['out of', `${bytes} of ${aggregate}`]]
}

function toDocument(retrieved: Retrieved): RetrievedDocument {
  return { version: 1, kind: 'retrieved', ...retrieved }
}

function optionsOf(run: Run): RetrieveOptions {
  return {
    signal: run.signal,
    onProgress: ({ bytes, total }) => run.follow({ type: 'retrieve:progress', bytes, total }),
  }
}

export default function action(
  args: RetrieveArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const folder = depotFolder(args.depot, { ...run, root: hre.config.paths.root })
    return fetchBack(args, run, {
      retrieveDeal: async (cid, target) => {
        const place = { depot: await openDepot(folder), signal: run.signal, onEvent: run.follow }
        const stored = await retrieveStored(cid, target, place)
        if (stored !== undefined) return stored
        return withFlow(hre, run, args, (context) => retrieveDeal(cid, target, context))
      },
      retrieveFrom: (cid, target, url) =>
        retrieve({ cid }, [{ name: url, url }], target, optionsOf(run)),
      retrieveReceipt: (value, target) => {
        const { client } = checkReceipt(value).receipt
        const flow = { ...args, contract: args.contract ?? client.address }
        return withFlow(hre, run, flow, (context) => retrieveReceipt(value, target, context))
      },
      retrieveReceiptFrom: (value, target, url) =>
        retrieveSegment(value, [{ name: url, url }], target, optionsOf(run)),
    })
  })
}
