/** A client contract, its node and its depot, for the flow: proposals are remembered, money is counted. */
import type { Client, Proposed } from '../../../src/chain/client-contract.ts'
import type { ProposalView } from '../../../src/chain/chain.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { SendOptions } from '../../../src/chain/send.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import type { Depot } from '../../../src/depot/depot.ts'
import type { FlowContext } from '../../../src/flow/context.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { parsePieceCid, pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { CONTRACT, FakeNode, OWNER } from '../chain/fake-node.ts'
import { FakeChain } from '../watch/fake-chain.ts'

/** Bytes as a miner registers them: /ip4/127.0.0.1/tcp/<port>/http, by the multiaddr specification. */
function multiaddr(port: number): string {
  return Buffer.from([4, 127, 0, 0, 1, 6, port >> 8, port & 0xff, 0xe0, 0x03]).toString('base64')
}

export class FakeClient extends FakeChain {
  readonly address = CONTRACT
  readonly node = new FakeNode()
  override known: ProposalView[] = []
  readonly proposed: { terms: DealTerms; value: bigint }[] = []
  available = 0n
  balance = 0n
  failure: unknown
  /** Ports at which miners announce that they serve, by actor id. */
  readonly announced = new Map<string, number>()

  constructor() {
    super()
    this.node.rpc['Filecoin.StateDealProviderCollateralBounds'] = () => ({ Min: '0', Max: '100' })
    this.node.rpc['Filecoin.StateMinerInfo'] = ([id]) => {
      const port = this.announced.get(String(id))
      return { PeerId: null, Multiaddrs: port === undefined ? [] : [multiaddr(port)] }
    }
  }

  owner = async (): Promise<string> => OWNER

  funds = async () => ({
    escrow: this.available,
    locked: 0n,
    reserved: 0n,
    available: this.available,
    balance: this.balance,
  })

  async propose(terms: DealTerms, options: SendOptions = {}): Promise<Proposed> {
    if (this.failure !== undefined) throw this.failure
    this.proposed.push({ terms, value: options.value ?? 0n })
    const proposalId = `0x${String(this.proposed.length).padStart(64, '0')}`
    const tx = `0x${String(this.proposed.length).padStart(64, 'a')}`
    const pieceCid = pieceCidV1(parsePieceCid(terms.pieceCid))
    this.known.push({ ...terms, pieceCid, proposalId, published: 0, dealIds: [], state: 'open' })
    options.onSent?.(tx)
    return { tx, proposalId, block: this.head, receipt: undefined as never }
  }

  context(depot: Depot, events: FlowEvent[] = []): FlowContext {
    return {
      network: NETWORKS.localnet,
      client: this as unknown as Client,
      provider: this.node.provider,
      depot,
      depotUrl: 'http://127.0.0.1:3000',
      onEvent: (event) => events.push(event),
    }
  }
}
