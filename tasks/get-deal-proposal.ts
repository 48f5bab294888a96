/** `get-deal-proposal`: a proposal as providers read it from the contract, decoded. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { addressToString } from '../src/bytes/address.ts'
import { toHex } from '../src/bytes/hex.ts'
import type { Client } from '../src/chain/client-contract.ts'
import type { Network } from '../src/chain/networks.ts'
import { formatFil } from '../src/deal/units.ts'
import { parsePieceCid, pieceCidV1 } from '../src/piece/piece-cid.ts'
import { formatCount, formatEpoch } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'
import { withFlow } from './context.ts'
import { mannersOf } from './manners.ts'
import { type Outcome, runTask } from './run.ts'
import { required, toProposalId } from './values.ts'

interface GetDealProposalArguments {
  readonly proposalId: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

interface DealProposalDocument {
  readonly version: 1
  readonly kind: 'deal-proposal'
  readonly network: string
  readonly proposalId: string
  readonly pieceCid: string
  /** Padded bytes. */
  readonly pieceSize: number
  readonly verifiedDeal: boolean
  /** f… or t… */
  readonly client: string
  readonly provider: string
  /** Text, or 0x… when it is bytes. */
  readonly label: string
  readonly startEpoch: number
  readonly endEpoch: number
  /** attoFIL. */
  readonly pricePerEpoch: string
  readonly providerCollateral: string
  readonly clientCollateral: string
  readonly url: string
  /** Bytes that the URL serves. */
  readonly size: number
  readonly skipIpniAnnounce: boolean
  readonly removeUnsealedCopy: boolean
}

export interface GetDealProposalPorts {
  readonly network: Network
  readonly client: Pick<Client, 'getDealProposal' | 'getExtraParams'>
}

export async function showProposal(
  proposalId: string,
  { network, client }: GetDealProposalPorts,
): Promise<Outcome<DealProposalDocument>> {
  const proposal = await client.getDealProposal(proposalId)
  const extra = await client.getExtraParams(proposalId)
  const document: DealProposalDocument = {
    version: 1,
    kind: 'deal-proposal',
    network: network.name,
    proposalId,
    pieceCid: pieceCidV1(parsePieceCid(proposal.pieceCid)),
    pieceSize: Number(proposal.pieceSize),
    verifiedDeal: proposal.verifiedDeal,
    client: addressToString(proposal.client, network.prefix),
    provider: addressToString(proposal.provider, network.prefix),
    label: typeof proposal.label === 'string' ? proposal.label : toHex(proposal.label),
    startEpoch: Number(proposal.startEpoch),
    endEpoch: Number(proposal.endEpoch),
    pricePerEpoch: proposal.storagePricePerEpoch.toString(),
    providerCollateral: proposal.providerCollateral.toString(),
    clientCollateral: proposal.clientCollateral.toString(),
    url: extra.locationRef,
    size: Number(extra.carSize),
    skipIpniAnnounce: extra.skipIpniAnnounce,
    removeUnsealedCopy: extra.removeUnsealedCopy,
  }
  return {
    document,
    text: formatTable([
      ['proposal', proposalId],
      ['piece', document.pieceCid],
      ['padded', `${formatCount(document.pieceSize)} bytes`],
      ['client', document.client],
      ['label', document.label],
      ['starts by', formatEpoch(document.startEpoch, network.genesis)],
      ['ends', formatEpoch(document.endEpoch, network.genesis)],
      ['price', `${formatFil(proposal.storagePricePerEpoch)} per epoch`],
      ['collateral', `provider ${formatFil(proposal.providerCollateral)}`],
      ['', `client ${formatFil(proposal.clientCollateral)}`],
      ['url', document.url],
      ['size', `${formatCount(document.size)} bytes`],
      ['announce', document.skipIpniAnnounce ? 'not to the indexer' : 'to the indexer'],
      ['unsealed', document.removeUnsealedCopy ? 'no copy is kept' : 'a copy is kept'],
    ]),
  }
}

export default function action(
  args: GetDealProposalArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const id = required('--proposal-id', args.proposalId, 'make-deal and deals print it.')
    const proposalId = toProposalId('--proposal-id', id)
    const { contract } = args
    return withFlow(hre, run, { contract }, (context) => showProposal(proposalId, context))
  })
}
