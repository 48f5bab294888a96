import { decode, encode } from '@ipld/dag-cbor'
import { expect } from 'chai'
import { BrowserProvider, ContractFactory, type Contract } from 'ethers'
import { CID } from 'multiformats/cid'
import { ethAddress, idAddress } from '../../../src/localnet/address.ts'
import {
  activate,
  ActorExit,
  callNative,
  currentEpoch,
  mine,
  mineTo,
  nativeReturn,
  type Provider,
  sendNative,
  setMultiaddrs,
  terminate,
} from '../../../src/localnet/controls.ts'
import { MARKET_ACTOR_ID } from '../../../src/localnet/native.ts'
import { encodeRlePlus } from '../../../src/localnet/rle-plus.ts'
import { project, testClient } from './support/filecoin.ts'

// FRC-0042 numbers: test/vectors/f05-cbor.json, methodNumbers.
const ADD_BALANCE = 822473126n
const GET_BALANCE = 726108461n
const PUBLISH_STORAGE_DEALS = 2236929350n
const GET_DEAL_ACTIVATION = 2567238399n
const SETTLE_DEAL_PAYMENTS = 1900091594n

const MINER = 1000n
const PIECE_CID = Uint8Array.of(
  1,
  0x81,
  0xe2,
  3,
  0x92,
  0x20,
  0x20,
  ...new Uint8Array(32).fill(0xab),
)
const COLLATERAL = 10n ** 15n

const deals = (dealId: bigint) => [{ dealId, pieceCid: PIECE_CID, pieceSize: 262144n }]

describe('localnet/controls', () => {
  let provider: Provider
  let account: string
  let worker: string
  let client: Contract
  let address: string

  before(async () => {
    const connection = await (await project()).network.create('own')
    provider = connection.provider
    const accounts = (await provider.request({ method: 'eth_accounts' })) as string[]
    account = accounts[0] ?? ''
    worker = accounts.at(-1) ?? ''
    const { abi, bytecode } = testClient()
    const signer = await new BrowserProvider(connection.provider).getSigner(account)
    client = (await new ContractFactory(abi, bytecode, signer).deploy()) as Contract
    address = await client.getAddress()
    await fund(ethAddress(address))
    await fund(idAddress(MINER))
  })

  async function fund(who: Uint8Array): Promise<void> {
    const value = 10n ** 18n
    const params = encode(who)
    await sendNative(provider, {
      from: account,
      to: MARKET_ACTOR_ID,
      method: ADD_BALANCE,
      params,
      value,
    })
  }

  function ask(method: bigint, params: unknown): Promise<unknown> {
    const message = { from: account, to: MARKET_ACTOR_ID, method, params: encode(params) }
    return callNative(provider, message).then((data) => decode(data))
  }

  async function publish(label: string): Promise<{ dealId: bigint; start: bigint; end: bigint }> {
    const start = (await currentEpoch(provider)) + 3000n
    const end = start + 518_400n
    const amount = Uint8Array.of(0, 1)
    const collateral = Uint8Array.of(0, ...Buffer.from('038d7ea4c68000', 'hex'))
    const parties = [ethAddress(address), idAddress(MINER)]
    const terms = [label, start, end, amount, collateral, new Uint8Array()]
    const proposal = [CID.decode(PIECE_CID), 262144, false, ...parties, ...terms]
    const params = encode([[[proposal, Uint8Array.of(2, 0xde, 0xad)]]])
    const { data } = await sendNative(provider, {
      from: worker,
      to: MARKET_ACTOR_ID,
      method: PUBLISH_STORAGE_DEALS,
      params,
    })
    const [ids] = decode(data) as [number[], Uint8Array]
    return { dealId: BigInt(ids[0] ?? -1), start, end }
  }

  async function settle(dealId: bigint): Promise<unknown> {
    const params = encode(encodeRlePlus([dealId]))
    const { data } = await sendNative(provider, {
      from: account,
      to: MARKET_ACTOR_ID,
      method: SETTLE_DEAL_PAYMENTS,
      params,
    })
    return decode(data)
  }

  it('lets epochs pass, 30 s each', async () => {
    const read = async () =>
      (await provider.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })) as {
        number: string
        timestamp: string
      }
    const before = await read()
    await mine(provider, 500n)
    const after = await read()
    expect(Number(after.number) - Number(before.number)).to.equal(500)
    expect(Number(after.timestamp) - Number(before.timestamp)).to.be.closeTo(500 * 30, 30)
  })

  it('does nothing to reach an epoch that passed', async () => {
    const epoch = await currentEpoch(provider)
    await mineTo(provider, epoch - 10n)
    await mineTo(provider, epoch)
    expect(await currentEpoch(provider)).to.equal(epoch)
    await mineTo(provider, epoch + 10n)
    expect(await currentEpoch(provider)).to.equal(epoch + 10n)
  })

  it('publishes, activates, settles and completes a deal', async () => {
    const { dealId, start, end } = await publish('life')
    expect(await ask(GET_DEAL_ACTIVATION, dealId)).to.deep.equal([-1, -1])
    const told = (await client.getFunction('told')(0)) as { sender: string }
    expect(told.sender).to.equal('0xff00000000000000000000000000000000000005')

    await activate(provider, {
      miner: MINER,
      worker,
      number: 1n,
      expiration: end,
      deals: deals(dealId),
    })
    const activated = await currentEpoch(provider)
    expect(await ask(GET_DEAL_ACTIVATION, dealId)).to.deep.equal([Number(activated), -1])

    await mineTo(provider, start + 99n)
    expect(await settle(dealId)).to.deep.equal([[1, []], [[Uint8Array.of(0, 100), false]]])
    await mineTo(provider, end)
    const [, [[, completed]]] = (await settle(dealId)) as [unknown, [[Uint8Array, boolean]]]
    expect(completed).to.equal(true)
    const [, locked] = (await ask(GET_BALANCE, ethAddress(address))) as [Uint8Array, Uint8Array]
    expect(locked).to.deep.equal(new Uint8Array())
  })

  it('terminates sectors and with them their deals', async () => {
    const { dealId, end } = await publish('terminated')
    await activate(provider, {
      miner: MINER,
      worker,
      number: 2n,
      expiration: end,
      deals: deals(dealId),
    })
    const burnt = () =>
      provider.request({ method: 'eth_getBalance', params: [`0xff${'0'.repeat(36)}63`, 'latest'] })
    const before = BigInt(String(await burnt()))
    await terminate(provider, { miner: MINER, worker, numbers: [2n] })
    expect(BigInt(String(await burnt())) - before).to.equal(COLLATERAL)
    const error = await ask(GET_DEAL_ACTIVATION, dealId).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(ActorExit).with.property('exitCode', 32)
  })

  it('publishes where a miner can be reached', async () => {
    const multiaddrs = [Uint8Array.of(4, 127, 0, 0, 1, 6, 0x1f, 0x90)]
    await setMultiaddrs(provider, { miner: MINER, worker, multiaddrs })
    const info = (await provider.request({
      method: 'Filecoin.StateMinerInfo',
      params: ['f01000', null],
    })) as {
      Multiaddrs: string[]
    }
    expect(info.Multiaddrs).to.deep.equal(['BH8AAAEGH5A='])
  })

  it('gives the exit code of a message that aborts, asked or sent', async () => {
    const message = {
      from: account,
      to: MARKET_ACTOR_ID,
      method: ADD_BALANCE,
      params: encode(idAddress(MINER)),
    }
    for (const act of [callNative, sendNative]) {
      const error = await act(provider, message).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).to.be.instanceOf(ActorExit)
      expect(error)
        .to.include({ exitCode: 16 })
        .and.have.property('message')
        .that.contains('greater than zero')
    }
  })

  it('gives up on a transaction that does not come, at the deadline', async () => {
    const hash = `0x${'12'.repeat(32)}`
    const error = await nativeReturn(provider, hash, { deadlineMs: 100 }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(Error)
  })
})
