/** `make-deal-proposal`: the starter kit's command, with every field of the deal given by hand. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { fromHex } from '../src/bytes/hex.ts'
import type { Client } from '../src/chain/client-contract.ts'
import { collateralBounds, describeAddress } from '../src/chain/lotus.ts'
import type { Network } from '../src/chain/networks.ts'
import { costOf, missingFunds } from '../src/deal/cost.ts'
import { type Circumstances, type DealTerms, type Request, termsFor } from '../src/deal/terms.ts'
import { StorageError } from '../src/errors.ts'
import type { ClientDocument, ProposedDocument } from '../src/flow/documents.ts'
import { examineTerms } from '../src/flow/examine.ts'
import { parsePieceCid, pieceCidV1 } from '../src/piece/piece-cid.ts'
import { paddedSize } from '../src/piece/size.ts'
import { confirmSpending } from './confirm.ts'
import { withFlow } from './context.ts'
import { describeProposal } from './describe.ts'
import { heed, portsOf } from './inspect.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { optional, required, toAttoFil, toBoolean, toBytes, toEpoch } from './values.ts'

type Text = string | undefined

export interface MakeDealProposalArguments {
  readonly pieceCid: Text
  readonly pieceSize: Text
  readonly verifiedDeal: string
  readonly label: Text
  readonly startEpoch: Text
  readonly endEpoch: Text
  readonly storagePricePerEpoch: Text
  readonly providerCollateral: Text
  readonly clientCollateral: Text
  readonly locationRef: Text
  readonly carSize: Text
  readonly skipIpniAnnounce: string
  readonly removeUnsealedCopy: string
  readonly contract: Text
  readonly skipDoctor: boolean
  readonly yes: boolean
  readonly json: boolean
}

export interface MakeDealProposalPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly client: Pick<Client, 'propose' | 'funds'>
  readonly describeClient: () => Promise<ClientDocument>
  readonly circumstances: (pieceSize: number) => Promise<Circumstances>
  /** Throws to refuse, before anything is sent. */
  readonly inspect?: ((terms: DealTerms) => Promise<void>) | undefined
}

/** Errors: ARGUMENT_INVALID, CID_INVALID, TERM_INVALID for a verified deal. */
export function readRequest(args: MakeDealProposalArguments): Request {
  if (toBoolean('--verified-deal', args.verifiedDeal)) {
    throw new StorageError('TERM_INVALID', {
      what: 'verified deals have ended: FIP-0118 abolished DataCap',
      hint: 'Leave --verified-deal out, and let the deal have a price.',
    })
  }
  const piece = readPieceCid(required('--piece-cid', args.pieceCid))
  const stated = piece.version === 2 ? piece : undefined
  const size =
    optional('--car-size', args.carSize, toBytes) ??
    stated?.size ??
    toBytes('--car-size', required('--car-size', undefined, 'The size of the CAR file in bytes.'))
  return {
    pieceCid: pieceCidV1(piece),
    size,
    pieceSize:
      optional('--piece-size', args.pieceSize, toBytes) ?? stated?.pieceSize ?? paddedSize(size),
    label: required('--label', args.label, 'The root CID of the content, not the piece CID.'),
    url: required('--location-ref', args.locationRef, 'The URL of the CAR.'),
    ...startAndEnd(args),
    ...amounts(args),
    skipIpniAnnounce: toBoolean('--skip-ipni-announce', args.skipIpniAnnounce),
    removeUnsealedCopy: toBoolean('--remove-unsealed-copy', args.removeUnsealedCopy),
  }
}

function startAndEnd(args: MakeDealProposalArguments): Partial<Request> {
  const startEpoch = optional('--start-epoch', args.startEpoch, toEpoch)
  const endEpoch = optional('--end-epoch', args.endEpoch, toEpoch)
  return {
    ...(startEpoch === undefined ? {} : { startEpoch }),
    ...(endEpoch === undefined ? {} : { endEpoch }),
  }
}

function amounts(args: MakeDealProposalArguments): Partial<Request> {
  const pricePerEpoch = optional('--storage-price-per-epoch', args.storagePricePerEpoch, toAttoFil)
  const provider = optional('--provider-collateral', args.providerCollateral, toAttoFil)
  const client = optional('--client-collateral', args.clientCollateral, toAttoFil)
  return {
    ...(pricePerEpoch === undefined ? {} : { pricePerEpoch }),
    ...(provider === undefined ? {} : { providerCollateral: provider }),
    ...(client === undefined ? {} : { clientCollateral: client }),
  }
}

/** Text, or the hexadecimal of the contract's bytes with or without the starter kit's leading 00. */
function readPieceCid(text: string): ReturnType<typeof parsePieceCid> {
  if (!/^0x/i.test(text)) return parsePieceCid(text)
  const bytes = fromHex(text)
  return parsePieceCid(bytes[0] === 0 ? bytes.subarray(1) : bytes)
}

export async function proposeByHand(
  args: Pick<MakeDealProposalArguments, 'yes'>,
  request: Request,
  run: Run,
  ports: MakeDealProposalPorts,
): Promise<Outcome<ProposedDocument>> {
  const { network, name, client } = ports
  await confirmSpending(args, run, network)
  const terms = termsFor(request, await ports.circumstances(request.pieceSize))
  await ports.inspect?.(terms)
  const value = missingFunds(costOf(terms).total, await client.funds())
  if (value > 0n) run.follow({ type: 'escrow:short', missing: value })
  const onSent = (tx: string): void => run.follow({ type: 'propose:sent', tx })
  const { proposalId, tx } = await client.propose(terms, { value, signal: run.signal, onSent })
  const document: ProposedDocument = {
    version: 1,
    kind: 'proposed',
    network: network.name,
    client: await ports.describeClient(),
    proposals: [
      {
        proposalId,
        tx,
        pieceCid: terms.pieceCid,
        pieceSize: terms.pieceSize,
        label: terms.label,
        url: terms.url,
        startEpoch: Number(terms.startEpoch),
        endEpoch: Number(terms.endEpoch),
        pricePerEpoch: terms.pricePerEpoch.toString(),
        providerCollateral: terms.providerCollateral.toString(),
        clientCollateral: terms.clientCollateral.toString(),
        replicas: terms.replicas,
        deals: [],
      },
    ],
  }
  return {
    document,
    text: [
      ...document.proposals.flatMap((proposal) => describeProposal(proposal, network)),
      `Next: npx hardhat get-deal-proposal --proposal-id ${proposalId}${onNetwork(name)}`,
    ],
  }
}

export default function action(
  args: MakeDealProposalArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const request = readRequest(args)
    const { contract } = args
    return withFlow(hre, run, { contract, signs: true }, (context, name, signer) => {
      const { network, provider, client } = context
      const account = async (): Promise<string> => (await signer()).getAddress()
      const ports = portsOf(context, name, account)
      return proposeByHand(args, request, run, {
        network,
        name,
        client,
        inspect: args.skipDoctor
          ? undefined
          : async (terms) => heed(await examineTerms(terms, {}, ports), run),
        describeClient: () => describeAddress(provider, network, client.address, run),
        circumstances: async (pieceSize) => ({
          epoch: await client.epoch(),
          sectorSize: network.sectorSize,
          startWindow: network.startWindow,
          collateralBounds: await collateralBounds(provider, pieceSize, run),
        }),
      })
    })
  })
}
