/** An archive that two of three people decide about. */
import { expect } from 'chai'
import {
  AbiCoder,
  type Contract,
  keccak256,
  solidityPacked,
  type TypedDataDomain,
  Wallet,
} from 'ethers'
import type { StoredPiece } from '../../src/prepare/sink.ts'
import {
  act,
  ask,
  asPiece,
  asPolicy,
  COPIES,
  FIL,
  reverts,
  startWorld,
  termCost,
  type World,
} from './world.ts'

/** OpenZeppelin counts signers as bytes of at least an address. */
const people = ['a', 'b', 'c'].map((name) => new Wallet(keccak256(Buffer.from(name))))
const CALL = {
  Call: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
    { name: 'nonce', type: 'uint256' },
  ],
}

interface Entry {
  readonly id: bigint
  readonly active: bigint
  readonly runway: bigint
  readonly why: string
}

describe('examples/Archive, owned by two of three', function () {
  this.timeout(120_000)
  let world: World
  let multisig: Contract
  let archive: Contract
  let pieces: readonly StoredPiece[]
  before(async () => {
    world = await startWorld()
    multisig = await world.deploy(0, 'TwoOfThree', [people.map(({ address }) => address)])
    const values = [world.perpetual.address, await multisig.getAddress()]
    archive = await world.deploy(0, 'Archive', values)
    pieces = [await world.piece('minutes'), await world.piece('maps'), await world.piece('letters')]
  })
  after(() => world.stop())

  /** A call of the archive by the multisig, brought by an account that has no say. */
  async function decide(
    who: readonly Wallet[],
    method: string,
    values: readonly unknown[],
    value = 0n,
  ): Promise<void> {
    const to = await archive.getAddress()
    const data = archive.interface.encodeFunctionData(method, values)
    const nonce = await ask<bigint>(multisig, 'nonce')
    const domain: TypedDataDomain = {
      name: 'TwoOfThree',
      version: '1',
      chainId: (await world.provider.getNetwork()).chainId,
      verifyingContract: await multisig.getAddress(),
    }
    const signed = await Promise.all(
      who.map(async (wallet) => ({
        signer: solidityPacked(['address'], [wallet.address]),
        signature: await wallet.signTypedData(domain, CALL, { to, value, data, nonce }),
      })),
    )
    // In the order of their hashes, so that nobody counts twice.
    signed.sort((a, b) => (keccak256(a.signer) < keccak256(b.signer) ? -1 : 1))
    const signatures = AbiCoder.defaultAbiCoder().encode(
      ['bytes[]', 'bytes[]'],
      [signed.map(({ signer }) => signer), signed.map(({ signature }) => signature)],
    )
    await act(multisig, 'execute', to, value, data, signatures, { value })
  }

  const [ann, ben, cleo] = people as [Wallet, Wallet, Wallet]

  it('keeps what two of three decide, and nothing that one or a stranger wants', async () => {
    const add = [pieces.slice(0, 2).map(asPiece), asPolicy(world.policy)]
    await reverts(archive, 'OwnableUnauthorizedAccount', act(archive, 'add', ...add))
    await reverts(multisig, 'SignaturesInvalid', decide([ann], 'add', add, FIL))
    await reverts(multisig, 'SignaturesInvalid', decide([ann, ann], 'add', add, FIL))
    expect(await world.perpetual.storeCount()).to.equal(0)

    await decide([ann, ben], 'add', add, FIL)
    await world.untilActive(1n)
    await world.untilActive(2n)
  })

  it('lists what it keeps by page, with the runway of each', async () => {
    const list = async (cursor: number, n: number) =>
      (await ask<Entry[]>(archive, 'list', cursor, n)).map(({ id, active, runway, why }) => ({
        id,
        active,
        runway,
        why,
      }))
    expect(await ask(archive, 'count')).to.equal(2n)
    const [first, second, ...rest] = await list(0, 10)
    expect([first?.id, second?.id, rest.length]).to.deep.equal([1n, 2n, 0])
    expect(first?.active).to.equal(BigInt(COPIES))
    expect(first?.runway).to.equal(await world.perpetual.runway(1n))
    expect(first?.why).to.equal('all copies are stored, and none is near its end')
    expect(await list(1, 1)).to.deep.equal([second])
    expect(await list(2, 1)).to.deep.equal([])
  })

  it('takes gifts from anyone, once there is something to keep', async () => {
    const { perpetual } = world
    const account = await archive.getAddress()
    const before = await perpetual.accountOf(account)
    const giver = await world.provider.getSigner(world.accounts[3])
    await (await giver.sendTransaction({ to: account, value: FIL })).wait()
    expect((await perpetual.accountOf(account)).free).to.equal(before.free + FIL)
    expect(await world.balanceOf(account), 'all of it is in the purse').to.equal(0n)

    const empty = await world.deploy(0, 'Archive', [perpetual.address, world.accounts[0]])
    await reverts(
      empty,
      'NothingKept',
      giver.sendTransaction({ to: await empty.getAddress(), value: 1n }),
    )
    await reverts(
      empty,
      'NothingKept',
      act(empty, 'add', [], asPolicy(world.policy), { value: 1n }),
    )
  })

  it('is renewed on the terms that they changed', async () => {
    const { perpetual, policy } = world
    await decide([ben, cleo], 'changeTerms', [[2n], asPolicy({ ...policy, replicas: 3 })])
    await world.keep()
    await world.untilActive(2n, 3)

    const { deals } = await perpetual.factsOf(1n)
    await world.travelTo(Math.max(...deals.map(({ endEpoch }) => endEpoch)) - policy.lead)
    await world.keep()
    await world.untilActive(1n, 2 * COPIES)
    await world.untilActive(2n, 3 + COPIES)
  })

  it('changes hands without moving anything, and gives the last of its money to who owns it then', async () => {
    const { perpetual, accounts } = world
    const account = await archive.getAddress()
    const heir = accounts[4] ?? ''
    await decide([ann, cleo], 'transferOwnership', [heir])
    const owned = archive.connect(await world.provider.getSigner(heir)) as Contract
    await act(owned, 'acceptOwnership')
    await reverts(archive, 'OwnableUnauthorizedAccount', decide([ann, ben], 'cancel', [[1n]]))
    await act(owned, 'cancel', [1n, 2n])

    // All deals end; the providers get what they earned, the rest comes back.
    const ends = await Promise.all([1n, 2n].map(async (id) => (await perpetual.factsOf(id)).deals))
    await world.travelTo(Math.max(...ends.flat().map(({ endEpoch }) => endEpoch)) + 1)
    await world.keep()
    const { free } = await perpetual.accountOf(account)
    const [one, two] = pieces as [StoredPiece, StoredPiece]
    // Of the first two terms of two copies; of the second a third copy, and a term of it later.
    const deals = 2n * termCost(one) + termCost(two, 2) + termCost(two, 1) + termCost(two, 2)
    expect(free).to.equal(2n * FIL - deals - (await paidToKeepers()))
    const to = `0x${'b2'.repeat(20)}`
    await act(owned, 'withdraw', to, free)
    expect(await world.balanceOf(to)).to.equal(free)
    expect(await perpetual.accountOf(account)).to.include({ free: 0n, stores: 0 })
  })

  async function paidToKeepers(): Promise<bigint> {
    let sum = 0n
    for await (const { logs } of world.perpetual.events({ from: 0n }))
      for (const log of logs) if (log.name === 'poked') sum += log.paid
    return sum
  }
})
