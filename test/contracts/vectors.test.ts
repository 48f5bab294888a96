/**
 * The contracts against the shared wire vectors (test/vectors/f05-cbor.json): what other implementations wrote is read,
 * what the contracts write is byte for byte the same, and every malformed form is refused with an error that has a name.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Contract, getBytes, hexlify, Interface, keccak256 } from 'ethers'
import { network } from 'hardhat'

interface Decoded {
  readonly pieceCid: string
  readonly pieceSize: string
  readonly verifiedDeal: boolean
  readonly client: { readonly bytes: string }
  readonly provider: { readonly bytes: string }
  readonly label: { readonly kind: 'text' | 'bytes'; readonly text?: string }
  readonly startEpoch: string
  readonly endEpoch: string
  readonly storagePricePerEpoch: string
  readonly providerCollateral: string
  readonly clientCollateral: string
}

interface Vectors {
  readonly bigint: {
    readonly valid: readonly { name: string; cbor: string; fitsUint256: boolean }[]
    readonly nonCanonical: readonly { name: string; cbor: string }[]
    readonly invalid: readonly { name: string; cbor: string }[]
  }
  readonly address: {
    readonly valid: readonly { name: string; cbor: string; actorId?: string }[]
    readonly invalid: readonly { name: string; bytes: string }[]
  }
  readonly dealProposal: {
    readonly valid: readonly { name: string; decoded: Decoded; cbor: string }[]
    readonly invalid: readonly { name: string; layer: string; cbor: string }[]
  }
  readonly authenticateMessage: {
    readonly acceptReturn: { abi: string }
    readonly valid: readonly { name: string; message: string; params: string }[]
    readonly invalid: readonly { name: string; params: string; calldata: string }[]
  }
  readonly marketNotifyDeal: {
    readonly invalid: readonly { name: string; calldata: string }[]
  }
  readonly extraParams: {
    readonly valid: readonly {
      name: string
      decoded: {
        locationRef: string
        carSize: string
        skipIpniAnnounce: boolean
        removeUnsealedCopy: boolean
      }
      cbor: string
    }[]
    readonly refuse: readonly { name: string; locationRef: string }[]
  }
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/f05-cbor.json', import.meta.url), 'utf8'),
) as Vectors

const GOLDEN = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const GOLDEN_CLIENT = '56040ad4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const GOLDEN_PROVIDER = '4400b08b01'
const F05 = '0xff00000000000000000000000000000000000005'
const OTHER_CLIENT = '0x00000000000000000000000000000000000c11e7'
const AUTHENTICATE_MESSAGE = 2643134072n
const PANIC = '0x4e487b71'

const NOBODY = {
  pieceCommitment: `0x${'00'.repeat(32)}`,
  pieceSize: 0,
  startEpoch: 0,
  endEpoch: 0,
  pricePerEpoch: 0,
  providerCollateral: 0,
  clientCollateral: 0,
  label: '',
  locationRef: '',
  carSize: 0,
  skipIpniAnnounce: false,
  removeUnsealedCopy: false,
  replicas: 0,
  published: 0,
  providers: [],
  dealIds: [],
  state: 0,
}

const connection = await network.connect()
const { ethers } = connection

/** The errors that must not stand for a refused byte: a panic, or a revert that says nothing. */
function named(data: string): string {
  expect(data.length, 'a reason').to.be.at.least(10)
  expect(data.slice(0, 10), 'no panic').to.not.equal(PANIC)
  return data
}

/** The revert data of a call, or undefined if it passes. */
async function revertOf(to: string, data: string, from = F05): Promise<string | undefined> {
  try {
    await ethers.provider.call({ from, to, data })
    return undefined
  } catch (error) {
    const seen = error as { data?: string; error?: { data?: string } }
    return seen.data ?? seen.error?.data ?? ''
  }
}

/** Why an EVM word cannot hold one of the amounts. */
function amountFault(decoded: Decoded): string | undefined {
  for (const text of [
    decoded.storagePricePerEpoch,
    decoded.providerCollateral,
    decoded.clientCollateral,
  ]) {
    const amount = BigInt(text)
    if (amount < 0n) return 'CborBigIntNegative'
    if (amount >= 1n << 256n) return 'CborOutOfRange'
  }
  return undefined
}

/** Writes a CBOR byte string shorter than 64 KiB. */
function bytesItem(hex: string): string {
  const length = hex.length / 2
  if (length < 24) return `${(0x40 + length).toString(16)}${hex}`
  if (length < 256) return `58${length.toString(16).padStart(2, '0')}${hex}`
  return `59${length.toString(16).padStart(4, '0')}${hex}`
}

const authParams = (message: string) => `0x8242dead${bytesItem(message.replace(/^0x/, ''))}`

/** The golden message with its provider, or its price, replaced by another item. */
function goldenMessage(items: { provider?: string; price?: string }): string {
  const golden = vectors.authenticateMessage.valid[0]?.message ?? ''
  const withProvider = golden.replace(GOLDEN_PROVIDER, items.provider ?? GOLDEN_PROVIDER)
  return items.price === undefined ? withProvider : `${withProvider.slice(0, -6)}${items.price}4040`
}

/** Runtime code that answers every call with `data`. */
function answering(data: string): string {
  const length = (data.length / 2 - 1).toString(16).padStart(4, '0')
  // PUSH2 length PUSH1 15 PUSH1 0 CODECOPY PUSH2 length PUSH1 0 RETURN, filled up to 15 bytes
  return `0x61${length}600f60003961${length}6000f300${data.slice(2)}`
}

function put(address: string, code: string): Promise<unknown> {
  return connection.provider.request({ method: 'hardhat_setCode', params: [address, code] })
}

/** A clerk's answer, or why it refuses, to AuthenticateMessage params that the client passes on. */
async function ask(
  clerk: Contract,
  params: string,
): Promise<{ reason?: string; id?: string; provider?: bigint }> {
  const data = clerk.interface.encodeFunctionData('handle_filecoin_method', [
    AUTHENTICATE_MESSAGE,
    0x51,
    params,
  ])
  const to = await clerk.getAddress()
  const refusal = await revertOf(to, data, GOLDEN)
  if (refusal !== undefined)
    return { reason: clerk.interface.parseError(named(refusal))?.name ?? 'no known error' }
  const answer = await ethers.provider.call({ from: GOLDEN, to, data })
  const [id, provider] = clerk.interface.decodeFunctionResult('handle_filecoin_method', answer)
  return { id: id as string, provider: provider as bigint }
}

describe('contracts and the wire vectors', () => {
  let market: Contract
  let proposals: Contract
  let clientAbi: Interface

  after(() => connection.close())

  before(async () => {
    market = (await ethers.deployContract('MarketClerk')) as unknown as Contract
    proposals = (await ethers.deployContract('ProposalClerk')) as unknown as Contract
    const deployed = await ethers.deployContract('DealClient')
    clientAbi = deployed.interface
    // Has proposed nothing yet: no proposal explains a refusal.
    await put(GOLDEN, await ethers.provider.getCode(await deployed.getAddress()))
  })

  const diagnose = async (message: string) => (await ask(proposals, authParams(message))).reason

  /** What the clerk of proposals writes for a client at `from` that has this proposal. */
  const write = async (
    from: string,
    name: 'encode' | 'encodeExtraParams',
    proposal: typeof NOBODY | Record<string, unknown>,
  ) => {
    const code = await ethers.provider.getCode(from)
    await put(from, answering(clientAbi.encodeFunctionResult('getProposal', [proposal])))
    const data = proposals.interface.encodeFunctionData(name, [`0x${'00'.repeat(32)}`])
    const answer = await ethers.provider.call({ from, to: await proposals.getAddress(), data })
    await put(from, code)
    return proposals.interface.decodeFunctionResult(name, answer)[0] as string
  }

  describe('proposals', () => {
    for (const { name, decoded, cbor } of vectors.dealProposal.valid) {
      if (decoded.label.kind !== 'text' || decoded.verifiedDeal) continue
      if (!decoded.client.bytes.startsWith('0x040a') || amountFault(decoded) !== undefined) continue
      it(`writes ${name}`, async () => {
        const proposal = {
          ...NOBODY,
          pieceCommitment: `0x${decoded.pieceCid.slice(-64)}`,
          pieceSize: decoded.pieceSize,
          label: decoded.label.text ?? '',
          startEpoch: decoded.startEpoch,
          endEpoch: decoded.endEpoch,
          pricePerEpoch: decoded.storagePricePerEpoch,
          providerCollateral: decoded.providerCollateral,
          clientCollateral: decoded.clientCollateral,
        }
        const from = `0x${decoded.client.bytes.slice(6)}`
        const got = await write(from, 'encode', proposal)
        const provider = bytesItem(decoded.provider.bytes.slice(2))
        // The contract writes provider f00: 42 0000.
        const before = got.indexOf(bytesItem(decoded.client.bytes.slice(2))) + 46
        expect(got.slice(before, before + 6)).to.equal('420000')
        expect(got.slice(0, before) + provider + got.slice(before + 6)).to.equal(cbor)
      })
    }

    for (const { name, decoded, cbor } of vectors.dealProposal.valid) {
      const fault = amountFault(decoded)
      it(`reads ${name}`, async () => {
        const reason = await diagnose(cbor)
        const expected = decoded.verifiedDeal ? 'VerifiedDealsEnded' : 'ProposalUnknown'
        expect(reason).to.equal(fault ?? expected)
      })
    }

    for (const { name, layer, cbor } of vectors.dealProposal.invalid) {
      // What a codec accepts and a rule refuses is tested with the client, below.
      if (layer === 'semantic') continue
      it(`refuses ${name}`, async () => {
        const reason = (await ask(market, authParams(cbor))).reason ?? (await diagnose(cbor))
        // A CID of another kind is no fault of the codec: no proposal has it.
        if (name.startsWith('cid:') && reason === 'ProposalUnknown') return
        expect(reason).to.match(/^(Cbor|Address|ClientMismatch|VerifiedDealsEnded)/)
      })
    }
  })

  describe('extra params', () => {
    for (const { name, decoded, cbor } of vectors.extraParams.valid)
      it(`writes ${name}`, async () => {
        const proposal = { ...NOBODY, ...decoded }
        expect(await write(OTHER_CLIENT, 'encodeExtraParams', proposal)).to.equal(cbor)
      })
  })

  describe('messages', () => {
    for (const { name, message, params } of vectors.authenticateMessage.valid) {
      if (!message.includes(GOLDEN_CLIENT) || !message.includes(GOLDEN_PROVIDER)) continue
      it(`identifies ${name}`, async () => {
        const { id, provider } = await ask(market, params)
        const without = message.replace(GOLDEN_CLIENT + GOLDEN_PROVIDER, GOLDEN_CLIENT)
        expect(provider).to.equal(17840n)
        expect(id).to.equal(keccak256(without))
      })
    }
  })

  describe('addresses', () => {
    for (const { name, cbor, actorId } of vectors.address.valid)
      it(`takes ${name} for a provider`, async () => {
        const got = await ask(market, authParams(goldenMessage({ provider: cbor.slice(2) })))
        if (actorId !== undefined) expect(got.provider).to.equal(BigInt(actorId))
        else if (got.reason !== undefined) expect(got.reason).to.equal('ActorUnknown')
      })

    for (const { name, bytes } of vectors.address.invalid)
      it(`refuses ${name}`, async () => {
        const params = authParams(goldenMessage({ provider: bytesItem(bytes.slice(2)) }))
        expect((await ask(market, params)).reason).to.equal('AddressInvalid')
      })
  })

  describe('big integers', () => {
    for (const { name, cbor, fitsUint256 } of vectors.bigint.valid)
      it(`${fitsUint256 ? 'reads' : 'refuses'} ${name}`, async () => {
        const reason = await diagnose(goldenMessage({ price: cbor.slice(2) }))
        if (fitsUint256) expect(reason).to.equal('ProposalUnknown')
        else expect(reason).to.be.oneOf(['CborOutOfRange', 'CborBigIntNegative'])
      })

    for (const { name, cbor } of [...vectors.bigint.nonCanonical, ...vectors.bigint.invalid])
      it(`refuses ${name}`, async () => {
        expect(await diagnose(goldenMessage({ price: cbor.slice(2) }))).to.match(/^Cbor/)
      })
  })

  describe('a client with the golden request', () => {
    before(async () => {
      const [owner] = await ethers.getSigners()
      const client = await ethers.getContractAt('DealClient', GOLDEN)
      await client.initialize?.(owner?.address)
      await client.makeDealProposal?.(goldenRequest('https://x.example/a.car'))
    })

    it('answers the golden message as f05 expects', async () => {
      const handle = new Interface([
        'function handle_filecoin_method(uint64,uint64,bytes) returns (uint32,uint64,bytes)',
      ])
      const answer = await ethers.provider.call({
        from: F05,
        to: GOLDEN,
        data: handle.encodeFunctionData('handle_filecoin_method', [
          AUTHENTICATE_MESSAGE,
          0x51,
          vectors.authenticateMessage.valid[0]?.params,
        ]),
      })
      expect(answer).to.equal(vectors.authenticateMessage.acceptReturn.abi)
    })

    for (const { name, calldata } of vectors.authenticateMessage.invalid)
      it(`authenticates nothing with ${name}`, async () => {
        named((await revertOf(GOLDEN, calldata)) ?? '')
      })

    for (const { name, calldata } of vectors.marketNotifyDeal.invalid)
      it(`notes nothing with ${name}`, async () => {
        named((await revertOf(GOLDEN, calldata)) ?? '')
      })

    for (const { name, locationRef } of vectors.extraParams.refuse)
      it(`proposes nothing with a location with ${name}`, async () => {
        const client = await ethers.getContractAt('DealClient', GOLDEN)
        const [owner] = await ethers.getSigners()
        const data = client.interface.encodeFunctionData('makeDealProposal', [
          goldenRequest(locationRef),
        ])
        await ethers.provider.call({ from: owner?.address ?? null, to: GOLDEN, data }).then(
          () => expect.fail('accepted'),
          (error: { data?: string }) =>
            expect(client.interface.parseError(named(error.data ?? ''))?.name).to.equal(
              'LocationInvalid',
            ),
        )
      })
  })
})

function goldenRequest(locationRef: string): Record<string, unknown> {
  return {
    piece_cid: hexlify(getBytes(`0x0181e203922020${'ab'.repeat(32)}`)),
    piece_size: 262144,
    verified_deal: false,
    label: 'bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe',
    start_epoch: 5200000,
    end_epoch: 6755200,
    storage_price_per_epoch: 0,
    provider_collateral: 0,
    client_collateral: 0,
    extra_params_version: 1,
    extra_params: {
      location_ref: locationRef,
      car_size: 236445,
      skip_ipni_announce: false,
      remove_unsealed_copy: false,
    },
  }
}
