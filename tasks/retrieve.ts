/** `retrieve CID`: from the depot or a provider, verified, unpacked. */
import { basename, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openDepot } from '../src/depot/fs-store.ts'
import type { RetrievedDocument } from '../src/flow/documents.ts'
import { retrieveDeal, retrieveStored } from '../src/flow/retrieve-deal.ts'
import { retrieve, type Retrieved } from '../src/retrieve/retrieve.ts'
import { formatBytes, formatPlural } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, toBaseUrl } from './values.ts'

interface RetrieveArguments {
  readonly cid: string
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
}

export async function fetchBack(
  args: RetrieveArguments,
  run: Run,
  ports: RetrievePorts,
): Promise<Outcome<RetrievedDocument>> {
  const from = optional('--from', args.from, toBaseUrl)
  // A CID is a name; anything else that was typed must not lead out of the current folder.
  const target = resolve(run.cwd, args.out ?? basename(args.cid))
  const document =
    from === undefined
      ? await ports.retrieveDeal(args.cid, target)
      : toDocument(await ports.retrieveFrom(args.cid, target, from))
  return {
    document,
    text: formatTable([
      ['root', document.root],
      ...(document.parts === undefined ? [] : [['parts', `${document.parts} pieces, joined`]]),
      ['piece', document.pieceCid],
      ['from', document.source],
      ['verified', `${formatPlural(document.files, 'file')}, ${formatBytes(document.bytes)}`],
      ['unpacked', document.path],
    ]),
  }
}

function toDocument(retrieved: Retrieved): RetrievedDocument {
  return { version: 1, kind: 'retrieved', ...retrieved }
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
        retrieve({ cid }, [{ name: url, url }], target, {
          signal: run.signal,
          onProgress: ({ bytes, total }) => run.follow({ type: 'retrieve:progress', bytes, total }),
        }),
    })
  })
}
