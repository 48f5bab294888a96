/** `request`: asks the aggregators of a hub to store a piece or other content. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { CID } from 'multiformats/cid'
import { type Hub, type HubTerms, openHub } from '../src/chain/hub.ts'
import { callNode } from '../src/chain/node.ts'
import { addressLink, type Network } from '../src/chain/networks.ts'
import { formatFil } from '../src/deal/units.ts'
import { StorageError } from '../src/errors.ts'
import { formatTable } from '../src/terminal/table.ts'
import { toWait } from './aggregation.ts'
import { resolveAddress } from './address.ts'
import { confirmSpending } from './confirm.ts'
import { findHub } from './hub.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { optional, toAmount, toEpochs, toEthAddress } from './values.ts'

type Text = string | undefined

export interface RequestArguments {
  readonly cid: string
  readonly hub: Text
  readonly pay: Text
  readonly deadline: string
  readonly storedFor: Text
  readonly aggregator: Text
  readonly yes: boolean
  readonly json: boolean
}

interface RequestedDocument {
  readonly version: 1
  readonly kind: 'requested'
  readonly network: string
  readonly hub: string
  readonly id: string
  readonly tx: string
  readonly cid: string
  /** attoFIL. */
  readonly payment: string
  /** Epoch; null without a payment. */
  readonly deadline: number | null
  /** Epoch; 0: any. */
  readonly storedUntil: number
}

export interface RequestPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly hub: Pick<Hub, 'address' | 'submit'>
  readonly epoch: () => Promise<bigint>
}

export async function request(
  args: RequestArguments,
  run: Run,
  { network, name, hub, epoch }: RequestPorts,
): Promise<Outcome<RequestedDocument>> {
  const bytes = bytesOf(args.cid)
  const value = optional('--pay', args.pay, toAmount) ?? 0n
  const wait = BigInt(toWait('--deadline', args.deadline))
  const storedFor = optional('--stored-for', args.storedFor, toEpochs)
  const aggregator = optional('--aggregator', args.aggregator, toEthAddress)
  await confirmSpending(args, run, network)
  const now = await epoch()
  const terms: HubTerms = {
    aggregator,
    deadline: value === 0n ? undefined : now + wait,
    storedUntil: storedFor === undefined ? undefined : now + storedFor,
  }
  const onSent = (tx: string): void => {
    run.sends()
    run.progress.line(`asking: transaction ${tx}`)
  }
  const { id, tx } = await hub.submit(bytes, terms, { value, signal: run.signal, onSent })
  const link = addressLink(network, hub.address)
  return {
    document: {
      version: 1,
      kind: 'requested',
      network: network.name,
      hub: hub.address,
      id: id.toString(),
      tx,
      cid: args.cid,
      payment: value.toString(),
      deadline: terms.deadline === undefined ? null : Number(terms.deadline),
      storedUntil: Number(terms.storedUntil ?? 0n),
    },
    text: [
      ...formatTable([
        ['request', id.toString()],
        ['cid', args.cid],
        ['payment', formatFil(value)],
        ['transaction', tx],
        ...(link === undefined ? [] : [['look', link]]),
      ]),
      `Next: npx hardhat aggregator --once${onNetwork(name)}`,
    ],
  }
}

/** Errors: CID_INVALID. */
function bytesOf(text: string): Uint8Array {
  try {
    return CID.parse(text).bytes
  } catch (cause) {
    throw new StorageError('CID_INVALID', {
      what: 'what is asked for is not a CID',
      got: text.slice(0, 120),
      hint: 'Name a piece CID (baga…, bafkz…) or a root CID (bafy…, bafk…, Qm…).',
      cause,
    })
  }
}

export default function action(
  args: RequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    try {
      const { network, name, provider } = opened
      await opened.signer()
      await checkNetwork(opened, run)
      const signer = await opened.sender()
      const { address } = await findHub(args.hub, opened, run, hre.config.paths.root)
      const options = { signal: run.signal, network: name }
      const aggregator = await resolveAddress('--aggregator', args.aggregator, opened, run)
      return await request({ ...args, aggregator }, run, {
        network,
        name,
        hub: openHub(address, signer, options),
        epoch: async () =>
          BigInt(await callNode('epoch', () => provider.getBlockNumber(), options)),
      })
    } finally {
      await opened.close()
    }
  })
}
