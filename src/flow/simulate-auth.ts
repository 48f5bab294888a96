/**
 * What a client contract would say to f05 about a deal, without effect: as Boost and Curio ask it, by `Filecoin.StateCall` from
 * f05; on a localnet, whose node lets anyone call as f05, by eth_call.
 * @see boost node/modules/storageminer.go:419-448; lotus api StateCall
 */
import type { Provider } from 'ethers'
import { z } from 'zod/v4'
import { addressToString, idAddress } from '../bytes/address.ts'
import type { Network } from '../chain/networks.ts'
import type { CallOptions } from '../chain/node.ts'
import { state } from '../chain/lotus.ts'
import { MARKET_ACTOR_ID, METHODS } from '../deal/methods.ts'
import type { DealProposal } from '../deal/proposal.ts'
import type { AuthFacts } from '../doctor/facts.ts'
import { StorageError } from '../errors.ts'
import { localnetChain } from '../provider/localnet-chain.ts'
import { authParams } from '../provider/signed.ts'

const answerSchema = z.object({
  MsgRct: z.object({ ExitCode: z.int(), Return: z.string().nullish() }),
  Error: z.string().nullish(),
})
/** CBOR true, base64. */
const TRUE = Buffer.from([0xf5]).toString('base64')

/** @throws NODE_UNREACHABLE also where the node offers no way to ask */
export async function simulateAuth(
  provider: Provider,
  network: Network,
  proposal: DealProposal,
  options: CallOptions,
): Promise<AuthFacts> {
  const params = authParams(proposal)
  if (network.name === 'localnet') return asLocal(provider, proposal.client, params)
  const message = {
    Version: 0,
    To: addressToString(proposal.client, network.prefix),
    From: addressToString(idAddress(MARKET_ACTOR_ID), network.prefix),
    Nonce: 0,
    Value: '0',
    GasLimit: 0,
    GasFeeCap: '0',
    GasPremium: '0',
    Method: Number(METHODS.AuthenticateMessage),
    Params: Buffer.from(params).toString('base64'),
  }
  const answer = await state(provider, 'StateCall', [message, []], answerSchema, options)
  if (answer === undefined)
    throw new StorageError('NODE_UNREACHABLE', {
      what: 'the node does not offer Filecoin.StateCall, with which providers ask the contract',
    })
  const { ExitCode: code, Return: returned } = answer.MsgRct
  if (code !== 0)
    return { ok: false, reason: answer.Error ?? `the contract ended with exit code ${code}` }
  // Boost and Curio look at the exit code alone; f05 wants the answer true.
  return returned === TRUE
    ? { ok: true, reason: '' }
    : { ok: false, reason: 'the contract does not answer true' }
}

async function asLocal(
  provider: Provider,
  client: Uint8Array,
  params: Uint8Array,
): Promise<AuthFacts> {
  if (!('send' in provider) || typeof provider.send !== 'function')
    throw new StorageError('NODE_UNREACHABLE', { what: 'the node takes no calls as f05' })
  const send = provider.send.bind(provider) as (
    method: string,
    params: readonly unknown[],
  ) => Promise<unknown>
  const chain = localnetChain({
    provider: { request: ({ method, params: values = [] }) => send(method, values) },
    miner: MARKET_ACTOR_ID,
    worker: '0x0000000000000000000000000000000000000000',
  })
  const verdict = await chain.simulateAuth(client, params)
  return { ok: verdict.ok, reason: verdict.ok ? '' : verdict.reason }
}
