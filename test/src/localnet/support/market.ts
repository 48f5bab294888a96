/** A Filecoin with a client contract that agrees to everything, money in escrow, and proposals to publish. */
import { expect } from 'chai'
import { BrowserProvider, ContractFactory, type Contract } from 'ethers'
import { ethAddress, idAddress } from '../../../../src/localnet/address.ts'
import {
  ActorExit,
  ControlError,
  type ControlErrorCode,
  currentEpoch,
  encodeProposal,
  fund,
  type Provider,
  type ProposalTerms,
  publish,
} from '../../../../src/localnet/controls.ts'
import type { FilecoinUserConfig } from '../../../../src/localnet/index.ts'
import { project, testClient } from './filecoin.ts'

export const MINER = 1000n
export const COLLATERAL = 10n ** 15n
export const PIECE_CID = new Uint8Array(Buffer.from(`0181e203922020${'ab'.repeat(32)}`, 'hex'))
/** 180 days, the shortest. */
export const DURATION = 518_400n

export interface Market {
  readonly provider: Provider
  readonly accounts: string[]
  readonly client: Contract
  /** 0x address of the client. */
  readonly address: string
  /** CBOR of a proposal that starts 3000 epochs from now. */
  propose(terms?: Partial<ProposalTerms>): Promise<Uint8Array>
  /** Published by f01000. */
  deal(terms?: Partial<ProposalTerms>): Promise<bigint>
}

export async function market(filecoin?: FilecoinUserConfig): Promise<Market> {
  const connection = await (await project(filecoin)).network.create('own')
  const { provider } = connection
  const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
  const { abi, bytecode } = testClient()
  const signer = await new BrowserProvider(provider).getSigner(accounts[0])
  const client = (await new ContractFactory(abi, bytecode, signer).deploy()) as Contract
  const address = await client.getAddress()
  await fund(provider, address, 10n ** 18n)
  await fund(provider, `f0${MINER}`, 10n ** 18n)
  let made = 0
  const propose = async (terms: Partial<ProposalTerms> = {}): Promise<Uint8Array> => {
    const startEpoch = (await currentEpoch(provider)) + 3000n
    made += 1
    return encodeProposal({
      pieceCid: PIECE_CID,
      pieceSize: 262_144n,
      client: ethAddress(address),
      provider: idAddress(MINER),
      label: `deal ${made}`,
      startEpoch,
      endEpoch: startEpoch + DURATION,
      pricePerEpoch: 1n,
      providerCollateral: COLLATERAL,
      clientCollateral: 0n,
      ...terms,
    })
  }
  return {
    provider,
    accounts,
    client,
    address,
    propose,
    deal: async (terms) => {
      const published = await publish(provider, { miner: MINER, proposals: [await propose(terms)] })
      return published.dealIds[0] ?? -1n
    },
  }
}

/** What a promise fails with; fails itself when it does not. */
export async function failure(act: Promise<unknown>): Promise<unknown> {
  try {
    await act
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}

/** Passes when the promise fails with this exit code of an actor. */
export async function exits(exitCode: number, act: Promise<unknown>): Promise<void> {
  expect(await failure(act))
    .to.be.instanceOf(ActorExit)
    .with.property('exitCode', exitCode)
}

/** Passes when the promise fails with a ControlError of this code. */
export async function refuses(code: ControlErrorCode, act: Promise<unknown>): Promise<void> {
  expect(await failure(act))
    .to.be.instanceOf(ControlError)
    .with.property('code', code)
}
