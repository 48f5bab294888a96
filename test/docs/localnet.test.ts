/** docs/localnet.md quotes docs/example, and a project that is not this one runs it. */
import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as localnet from '../../src/localnet/index.ts'

const PAGE = readFileSync('docs/localnet.md', 'utf8')
/** What the foreign project has installed beside the plugin, and what the plugin itself needs. */
const INSTALLED = ['hardhat', 'ethers', 'mocha', 'chai', 'solc', '@nomicfoundation']
const NEEDED = ['@noble', '@ipld', 'multiformats']

describe('docs/localnet.md', () => {
  const quotes = [
    ...PAGE.matchAll(
      /<!-- quote: (\S+) -->\n(?:<!-- prettier-ignore -->)?\n```\w+\n([\s\S]*?)```/g,
    ),
  ]

  it('quotes the example', () => {
    expect(quotes.map(([, file]) => file)).to.deep.equal([
      'docs/example/hardhat.config.ts',
      'docs/example/contracts/Escrow.sol',
      'docs/example/test/escrow.test.ts',
    ])
    for (const [, file = '', text] of quotes) expect(readFileSync(file, 'utf8')).to.equal(text)
  })

  it('names functions that there are', () => {
    const [, table = ''] = /## Controls\n([\s\S]*?)\n## /.exec(PAGE) ?? []
    const rows = table.split('\n').filter((line) => line.startsWith('|'))
    const names = [...rows.join('').matchAll(/`([a-z]\w+)`/g)].map(([, name = '']) => name)
    expect(names).to.include.members(['mine', 'publishProposal', 'skipActivation', 'nullRounds'])
    for (const name of names) expect(localnet, name).to.have.property(name).that.is.a('function')
  })

  describe('its example, in a project of its own', function () {
    this.timeout(300_000)
    let folder = ''
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sealift-foreign-'))
      cpSync('docs/example', folder, { recursive: true })
      await mkdir(join(folder, 'node_modules'))
      for (const name of INSTALLED)
        await symlink(resolve('node_modules', name), join(folder, 'node_modules', name))
    })
    after(() => rm(folder, { recursive: true, force: true }))

    async function hardhatTest(...args: string[]): Promise<string> {
      const cli = resolve('node_modules', 'hardhat', 'dist', 'src', 'cli.js')
      const { stdout } = await promisify(execFile)(process.execPath, [cli, 'test', ...args], {
        cwd: folder,
      })
      return stdout
    }

    it('passes with the package linked', async () => {
      await symlink(resolve('.'), join(folder, 'node_modules', 'sealift'))
      expect(await hardhatTest()).to.include('1 passing')
    })

    it('passes with the package copied, of which it needs one folder', async () => {
      const copy = join(folder, 'node_modules', 'sealift')
      await rm(copy)
      await cp('src/localnet', join(copy, 'src', 'localnet'), { recursive: true })
      await cp('package.json', join(copy, 'package.json'))
      for (const name of NEEDED)
        await symlink(resolve('node_modules', name), join(folder, 'node_modules', name))
      expect(await hardhatTest('--no-compile')).to.include('1 passing')
    })
  })
})
