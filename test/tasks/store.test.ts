import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { StoreRequest } from '../../src/flow/store-piece.ts'
import { readStoreRequest, store, type StoreArguments, type StorePorts } from '../../tasks/store.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { STORED } from './support/stores.ts'
import { temporaryFolder } from './support/temporary.ts'

const NOTHING: StoreArguments = {
  file: undefined,
  cid: undefined,
  wrap: false,
  followSymlinks: false,
  pieceSize: undefined,
  policy: undefined,
  replicas: undefined,
  provider: undefined,
  term: undefined,
  price: undefined,
  maxPrice: undefined,
  reward: undefined,
  fund: undefined,
  wait: false,
  timeout: undefined,
  url: undefined,
  depot: undefined,
  contract: undefined,
  skipDoctor: false,
  yes: false,
  json: true,
}

const read = (args: Partial<StoreArguments>, cwd = '/home/user'): Promise<StoreRequest> =>
  readStoreRequest({ ...NOTHING, ...args }, cwd)

function rig(change: Partial<StorePorts> = {}) {
  const requests: StoreRequest[] = []
  const ports: StorePorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    depotUrl: 'http://127.0.0.1:3300',
    storePiece: async (request) => {
      requests.push(request)
      return STORED
    },
    ...change,
  }
  return { requests, ports }
}

describe('tasks/store: what is asked for', () => {
  const folder = temporaryFolder()
  const policyFile = async (fields: unknown): Promise<string> => {
    const path = join(folder(), 'policy.json')
    await writeFile(path, typeof fields === 'string' ? fields : JSON.stringify(fields))
    return path
  }

  it('leaves to the defaults what is not said', async () => {
    const { policy, fund, inputs } = await read({ file: 'a' })
    expect(policy).to.deep.equal({})
    expect(fund).to.equal(undefined)
    expect(inputs).to.deep.equal(['/home/user/a'])
  })

  it('takes terms in human units', async () => {
    const { policy, fund } = await read({
      cid: 'x',
      replicas: '2',
      provider: 'f01000,f01001',
      term: '360d',
      price: '60picoFIL',
      maxPrice: '1nanoFIL',
      reward: '0.002FIL',
      fund: '5FIL',
      url: 'https://depot.example/',
    })
    expect(fund).to.equal(5n * 10n ** 18n)
    expect(policy).to.deep.equal({
      replicas: 2,
      providers: [1000n, 1001n],
      rule: 'only',
      term: 1_036_800,
      price: 60_000_000n,
      maxPrice: 1_000_000_000n,
      reward: 2_000_000_000_000_000n,
      locations: ['https://depot.example/piece/'],
    })
  })

  it('takes a policy from a file, and options before it', async () => {
    const path = await policyFile({
      replicas: 4,
      rule: 'except',
      providers: ['f01000', 't01001'],
      lead: '12d',
      startDelay: '2d',
      term: '180d',
      keeperLocations: false,
      collateral: '1milliFIL',
      locations: ['https://a.example/piece/', 'https://b.example/piece/'],
    })
    const { policy } = await read({ cid: 'x', policy: path, term: '200d' })
    expect(policy).to.deep.equal({
      replicas: 4,
      rule: 'except',
      providers: [1000n, 1001n],
      lead: 34_560,
      startDelay: 5_760,
      term: 576_000,
      keeperLocations: false,
      collateral: 10n ** 15n,
      locations: ['https://a.example/piece/', 'https://b.example/piece/'],
    })
  })

  it('names what it does not understand in a policy', async () => {
    await refused('INPUT_NOT_FOUND', read({ cid: 'x', policy: join(folder(), 'none') }))
    for (const [fields, named] of [
      ['{', /no JSON/],
      [{ copies: 3 }, /copies/],
      [{ term: 5 }, /term/],
      [{ maxPay: '5' }, /maxPay/],
      [{ lead: 'soon' }, /lead/],
      [{ judge: '0x12' }, /judge/],
      [{ providers: ['x'] }, /provider/],
    ] as const) {
      const error = await refused(
        'ARGUMENT_INVALID',
        read({ cid: 'x', policy: await policyFile(fields) }),
      )
      expect(error.message).to.match(named)
    }
  })

  it('wants exactly one thing to store', async () => {
    const error = await refused('ARGUMENT_INVALID', read({}))
    expect(error.next).to.equal('npx hardhat store --file PATH')
    await refused('ARGUMENT_INVALID', read({ file: 'a', cid: 'b' }))
    await refused('ARGUMENT_INVALID', read({ file: 'a', timeout: '1h' }))
    await refused('ARGUMENT_INVALID', read({ file: 'a', replicas: '9' }))
  })
})

describe('tasks/store', () => {
  it('prints the stored document', async () => {
    const { ports, requests } = rig()
    const request = await read({ file: 'a' })
    const { document, io } = await actJson((run) => store({ yes: false }, request, run, ports))
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(STORED)))
    expect(io.exitCode()).to.equal(0)
    expect(requests[0]).to.include({ everyMs: 500 })
  })

  it('tells a person for how long the money lasts, and the next command', async () => {
    const { ports } = rig()
    const request = await read({ file: 'a' })
    const io = await actPlain((run) => store({ yes: false }, request, run, ports))
    expect(io.out()).to.include('runway  1,051,200 epochs, 365 d, until epoch 2,051,200\n')
    expect(io.out()).to.include('copies  2 of 3 active, 0 published, 1 on offer\n')
    expect(io.out()).to.include('Next: npx hardhat stores 7 --network localnet\n')
  })

  it('asks before it spends on the main network', async () => {
    const { ports, requests } = rig({ network: NETWORKS.filecoin, name: 'filecoin' })
    const request = await read({ file: 'a' })
    const io = await actPlain((run) => store({ yes: false }, request, run, ports), {
      answer: false,
    })
    expect(io.exitCode()).to.equal(2)
    expect(requests).to.deep.equal([])
  })

  it('stores nothing that no provider could fetch', async () => {
    const { ports, requests } = rig({ depotUrl: '' })
    const request = await read({ file: 'a' })
    const { document } = await actJson((run) => store({ yes: false }, request, run, ports))
    expect(document).to.include({ code: 'URL_INVALID' })
    expect(requests).to.deep.equal([])
  })

  it('exits with 2 and names the way on when the wait ends after sending', async () => {
    const request = await read({ file: 'a', wait: true })
    const { document, io } = await actJson((run) => {
      const { ports } = rig({
        storePiece: async () => {
          run.follow({ type: 'store:sent', pieceCid: 'x', value: 1n, tx: '0x1' })
          throw new StorageError('DEADLINE', { what: 'store 7 is not complete yet' })
        },
      })
      return store({ yes: false }, request, run, ports)
    })
    expect(document).to.include({
      code: 'DEADLINE',
      next: 'npx hardhat stores --network localnet',
    })
    expect(io.exitCode()).to.equal(2)
  })
})
