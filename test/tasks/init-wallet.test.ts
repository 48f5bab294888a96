import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Wallet } from 'ethers'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { configVariable } from 'hardhat/config'
import hardhatKeystore from '@nomicfoundation/hardhat-keystore'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import { explain, noKey } from '../../tasks/explain.ts'
import { initWallet, type InitWalletPorts } from '../../tasks/init-wallet.ts'
import { storeNewKey } from '../../tasks/keystore.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { CLIENT } from './support/documents.ts'

const ARGS = { force: false, wait: false, timeout: '30min', json: false }
const FIL = 10n ** 18n
const { faucets } = NETWORKS.calibration

function rig(change: Partial<InitWalletPorts> = {}) {
  const made: boolean[] = []
  const deadlines: number[] = []
  const ports: InitWalletPorts = {
    network: NETWORKS.calibration,
    name: 'calibration',
    isTerminal: false,
    account: async () => CLIENT.address,
    makeKey: async (force) => {
      made.push(force)
      return CLIENT.address
    },
    check: async () => {},
    describe: async () => CLIENT,
    waitForFunds: async (_, deadlineMs) => {
      deadlines.push(deadlineMs)
      return 5n * FIL
    },
    ...change,
  }
  return { made, deadlines, ports }
}
const keyless = async (): Promise<string> => {
  throw new StorageError(...noKey('no private key is configured'))
}
const penniless: InitWalletPorts['waitForFunds'] = async (_, deadlineMs, onEmpty) => {
  if (deadlineMs > 0) onEmpty(0n, deadlineMs)
  return 0n
}

describe('tasks/init-wallet', () => {
  it('takes the key that is there, and says what comes next', async () => {
    const { made, ports } = rig()
    const { document, io } = await actJson((run) => initWallet({ ...ARGS, json: true }, run, ports))
    expect(document).to.deep.equal({
      version: 1,
      kind: 'wallet',
      network: 'calibration',
      ...CLIENT,
      created: false,
      balance: '5000000000000000000',
      faucets: [...faucets],
    })
    expect(made).to.deep.equal([])
    expect(io.exitCode()).to.equal(0)
    const plain = await actPlain((run) => initWallet(ARGS, run, rig().ports))
    expect(plain.out()).to.match(/5 FIL\nNext: npx hardhat deploy\n$/)
  })

  it('makes one where there is none, and shows the faucets', async () => {
    const { made, ports } = rig({ account: keyless, waitForFunds: penniless })
    const io = await actPlain((run) => initWallet(ARGS, run, ports))
    expect(made).to.deep.equal([false])
    for (const part of [CLIENT.address, CLIENT.f4, ...faucets]) expect(io.out()).to.include(part)
    expect(io.exitCode()).to.equal(0)
  })

  it('makes no other one when the keystore does not open, or is not to be asked', async () => {
    const locked = { name: 'HardhatError', number: 50_000, message: 'wrong', messageArguments: {} }
    const { made, ports } = rig({
      account: () => Promise.reject(Object.assign(new Error('wrong'), locked)),
    })
    const { document, io } = await actJson((run) => initWallet(ARGS, run, ports))
    expect(document).to.include({ code: 'KEYSTORE_LOCKED', next: 'npx hardhat keystore path' })
    expect(io.exitCode()).to.equal(1)
    expect(made).to.deep.equal([])

    const env = { PRIVATE_KEY: 'not a key' }
    const given = rig({ account: keyless })
    const wrong = await actJson((run) => initWallet(ARGS, run, given.ports), { env })
    expect(wrong.document).to.include({ code: 'NO_KEY' })
    expect(given.made).to.deep.equal([])
  })

  it('overwrites a key only with --force and a yes', async () => {
    const { made, ports } = rig()
    const force = { ...ARGS, force: true }
    // Whose it is, and that it is lost, is told before; nobody can say yes with --json.
    for (const answer of [false, undefined]) {
      const io = await actPlain(
        (run) => initWallet(force, run, ports),
        answer === undefined ? {} : { answer },
      )
      expect(io.exitCode()).to.equal(2)
    }
    expect((await actJson((run) => initWallet(force, run, ports))).io.exitCode()).to.equal(2)
    expect(made).to.deep.equal([])
    await actPlain((run) => initWallet(force, run, ports), { answer: true })
    expect(made).to.deep.equal([true])
    const env = { PRIVATE_KEY: `0x${'11'.repeat(32)}` }
    const { document } = await actJson((run) => initWallet({ ...ARGS, force: true }, run, ports), {
      env,
    })
    expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    expect(made).to.deep.equal([true])
  })

  it('waits where it is asked to, and on a terminal', async () => {
    const { deadlines, ports } = rig()
    await actPlain((run) => initWallet(ARGS, run, ports))
    await actPlain((run) => initWallet({ ...ARGS, wait: true, timeout: '10min' }, run, ports))
    await actPlain((run) => initWallet(ARGS, run, { ...ports, isTerminal: true }))
    await actJson((run) => initWallet({ ...ARGS, json: true }, run, { ...ports, isTerminal: true }))
    expect(deadlines).to.deep.equal([0, 600_000, 1_800_000, 0])
  })

  it('is incomplete when the faucet is empty: says where others are, and what next', async () => {
    const { ports } = rig({ account: keyless, waitForFunds: penniless })
    const { document, io } = await actJson((run) => initWallet({ ...ARGS, wait: true }, run, ports))
    expect(io.exitCode()).to.equal(2)
    expect(document).to.include({ code: 'DEADLINE', next: 'npx hardhat init-wallet --wait' })
    for (const url of faucets) expect(document['hint']).to.include(url)
    // The address is told before the wait.
    expect(io.err().indexOf(CLIENT.f4)).to.be.below(io.err().indexOf('waiting for FIL'))
  })
})

describe('the keystore', function () {
  this.timeout(30_000)
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-keystore-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** A person who types `password` whenever a secret is asked for. */
  async function hardhat(password: string) {
    const hre = await createHardhatRuntimeEnvironment({
      plugins: [hardhatKeystore],
      networks: {
        calibration: {
          type: 'http',
          url: 'http://127.0.0.1:9',
          accounts: [configVariable('PRIVATE_KEY')],
        },
      },
    })
    const keystore = {
      filePath: join(folder, 'keystore.json'),
      devFilePath: join(folder, 'dev.keystore.json'),
      devPasswordFilePath: join(folder, 'password'),
    }
    Object.assign(hre.config.keystore, keystore)
    hre.hooks.registerHandlers('userInterruptions', { requestSecretInput: async () => password })
    return hre
  }

  async function keyIn(hre: Awaited<ReturnType<typeof hardhat>>): Promise<string> {
    const config = hre.config.networks['calibration']
    if (config?.type !== 'http' || !Array.isArray(config.accounts)) throw new Error('no accounts')
    return (await config.accounts[0]?.get()) ?? ''
  }

  it('holds the new key encrypted, and nobody prints it', async () => {
    const { printed, hidden, value } = await quietly(async (run) => {
      const hre = await hardhat('a long password')
      const address = await storeNewKey(hre, run, false)
      return { address, key: await keyIn(hre) }
    })
    expect(new Wallet(value.key).address).to.equal(value.address)
    expect(hidden).to.include(value.key)
    const digits = value.key.slice(2)
    expect(printed).to.not.include(digits)
    expect(await readFile(join(folder, 'keystore.json'), 'utf8')).to.not.include(digits)
  })

  it('keeps the key that is there, unless forced', async () => {
    await quietly(async (run) => {
      const first = await storeNewKey(await hardhat('a long password'), run, false)
      const again = storeNewKey(await hardhat('a long password'), run, false)
      const error = await refused('TARGET_EXISTS', again)
      expect(error.hint).to.include('--force')
      const kept = await keyIn(await hardhat('a long password'))
      expect(new Wallet(kept).address).to.equal(first)
      const other = await storeNewKey(await hardhat('a long password'), run, true)
      const now = await keyIn(await hardhat('a long password'))
      expect(new Wallet(now).address).to.equal(other)
    })
  })

  it('says so when the password is wrong, and changes nothing', async () => {
    await quietly(async (run) => {
      const first = await storeNewKey(await hardhat('a long password'), run, false)
      const wrong = await hardhat('another password')
      for (const attempt of [() => keyIn(wrong), () => storeNewKey(wrong, run, true)]) {
        const error: unknown = await attempt().catch((thrown: unknown) => thrown)
        expect(explain(error)).to.include({
          code: 'KEYSTORE_LOCKED',
          next: 'npx hardhat keystore path',
        })
      }
      const kept = await keyIn(await hardhat('a long password'))
      expect(new Wallet(kept).address).to.equal(first)
    })
  })
})

/** Runs without what makes the plugin leave the keystore alone; tells what was printed and hidden. */
async function quietly<T>(work: (run: { hides(secret: string): void }) => Promise<T>) {
  const { log } = console
  const { CI, PRIVATE_KEY, HH_TEST } = process.env
  const exitCode = process.exitCode
  for (const name of ['CI', 'PRIVATE_KEY', 'HH_TEST']) delete process.env[name]
  const printed: string[] = []
  const hidden: string[] = []
  console.log = (...words) => printed.push(words.join(' '))
  try {
    const value = await work({ hides: (secret) => hidden.push(secret) })
    return { value, printed: printed.join('\n'), hidden }
  } finally {
    console.log = log
    process.exitCode = exitCode
    for (const [name, value] of Object.entries({ CI, PRIVATE_KEY, HH_TEST }))
      if (value !== undefined) process.env[name] = value
  }
}
