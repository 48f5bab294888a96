/** Who holds what, by deals that are active. The chain is asked once for them, and once for each provider's address. */
import { minerInfo } from '../chain/lotus.ts'
import { rootOfLabel } from '../deal/label.ts'
import { cidKey } from '../depot/keys.ts'
import { isStorageError } from '../errors.ts'
import { parsePieceCid, pieceCidV1 } from '../piece/piece-cid.ts'
import type { Source } from '../retrieve/retrieve.ts'
import { observe, type ObservedProposal } from '../watch/observe.ts'
import type { ChainContext } from './context.ts'

interface Held {
  readonly proposal: ObservedProposal
  readonly pieceCid: string
  /** Raw bytes of the piece. */
  readonly size: number
  /** Actor id. */
  readonly provider: bigint
}

export class Holders {
  readonly #context: ChainContext
  /** The newest first. */
  readonly #held: readonly Held[]
  readonly #sources = new Map<bigint, readonly Source[]>()

  private constructor(context: ChainContext, held: readonly Held[]) {
    this.#context = context
    this.#held = held
  }

  /** @throws NODE_UNREACHABLE */
  static async look(context: ChainContext): Promise<Holders> {
    const { proposals } = await observe(context.client)
    const held = proposals.flatMap((proposal) => {
      const { pieceCid, size, deals } = proposal
      const active = deals.filter(({ state }) => state === 'active')
      return active.map(({ provider }) => ({ proposal, pieceCid, size, provider }))
    })
    return new Holders(context, held.toReversed())
  }

  /** The newest deal for a piece, or for one with that root. @throws CID_INVALID */
  newest(cid: string): Held | undefined {
    const wanted = nameOf(cid)
    return this.#held.find(({ proposal }) => holds(proposal, wanted))
  }

  /** Providers of a piece, by its CID v1, of the newest deal first. Those whose address is not known are told of and left out. */
  async sourcesOf(pieceCid: string): Promise<readonly Source[]> {
    const ids = this.#held.filter((one) => one.pieceCid === pieceCid).map((one) => one.provider)
    const sources: Source[] = []
    for (const id of new Set(ids)) sources.push(...(await this.sourcesAt(id)))
    return sources
  }

  /** Where a provider serves; nothing when its address is not known, which is told. */
  async sourcesAt(id: bigint): Promise<readonly Source[]> {
    const known = this.#sources.get(id) ?? (await this.#look(id))
    this.#sources.set(id, known)
    return known
  }

  async #look(id: bigint): Promise<readonly Source[]> {
    const { network, provider, signal, onEvent } = this.#context
    const name = `f0${id}`
    try {
      const urls = (await minerInfo(provider, network, id, { signal }))?.urls ?? []
      if (urls.length === 0)
        onEvent?.({ type: 'retrieve:refused', name, reason: 'it announces no HTTP address' })
      return urls.map((url) => ({ name, url }))
    } catch (error) {
      if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
      onEvent?.({ type: 'retrieve:refused', name, reason: error.message })
      return []
    }
  }
}

function holds({ pieceCid, label }: ObservedProposal, cid: string): boolean {
  const root = rootOfLabel(label)
  return pieceCid === cid || (root !== undefined && cidKey(root) === cid)
}

/** As proposals name it: a piece CID in version 1, another CID in base32. @throws CID_INVALID */
function nameOf(cid: string): string {
  try {
    return pieceCidV1(parsePieceCid(cid))
  } catch (error) {
    if (!isStorageError(error, 'CID_INVALID')) throw error
    return cidKey(cid)
  }
}
