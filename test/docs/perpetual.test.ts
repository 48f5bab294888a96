/** docs/perpetual.md quotes the example, names every error, and has the costs that the contract says. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Contract, ContractFactory, type InterfaceAbi } from 'ethers'
import { artifacts, network } from 'hardhat'
import { rawPolicy } from '../../src/chain/perpetual-views.ts'
import { policyFor } from '../../src/keep/policy.ts'

const PAGE = readFileSync('docs/perpetual.md', 'utf8')
const GIB = 2 ** 30
const EPOCHS_PER_YEAR = 1_051_200
const FIL = 10 ** 18

describe('docs/perpetual.md', () => {
  it('quotes the contract in twenty lines as it is', () => {
    const [, file = '', text] =
      /<!-- quote: (\S+) -->\n<!-- prettier-ignore -->\n```\w+\n([\s\S]*?)```/.exec(PAGE) ?? []
    expect(file).to.equal('contracts/examples/KeepOne.sol')
    expect(readFileSync(file, 'utf8')).to.equal(text)
  })

  it('says of every error what to do, and names none that does not exist', () => {
    const [, table = ''] = /## Errors\n([\s\S]*?)\n## /.exec(PAGE) ?? []
    const named = table
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)])
      .map(([, name = '']) => name)
    const own = declared('IPerpetualStorage')
    expect(own.length).to.be.greaterThan(20)
    expect(own.filter((name) => !named.includes(name))).to.deep.equal([])
    const known = new Set([...own, ...declared('IDealClient')])
    expect(named.filter((name) => !known.has(name))).to.deep.equal([])
  })

  it('explains every field of a policy', () => {
    const source = readFileSync('contracts/interfaces/IPerpetualStorage.sol', 'utf8')
    const [, struct = ''] = /struct Policy \{([\s\S]*?)\n\}/.exec(source) ?? []
    const fields = [...struct.matchAll(/^\s+[\w[\]]+ (\w+);$/gm)].map(([, name = '']) => name)
    expect(fields).to.have.length(17)
    const [, table = ''] = /## A policy, field by field\n([\s\S]*?)\n## /.exec(PAGE) ?? []
    const rows = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name = '']) => name)
    expect(rows).to.deep.equal(fields)
  })

  it('has the costs that `endowment` says', async function () {
    this.timeout(60_000)
    const connection = await network.create('embedded')
    try {
      const [signer] = await connection.ethers.getSigners()
      const deploy = async (name: string, ...values: unknown[]): Promise<Contract> => {
        const { abi, bytecode } = await artifacts.readArtifact(name)
        const made = await new ContractFactory(abi as InterfaceAbi, bytecode, signer).deploy(
          ...values,
        )
        return (await made.waitForDeployment()) as Contract
      }
      const clients = await deploy('StoreClientFactory')
      const perpetual = await deploy('PerpetualStorage', await clients.getAddress())
      const policy = policyFor({ locations: ['https://depot.example/piece/'], collateral: 0n })
      expect(policy.price, 'the price that the page names').to.equal(50_000_000n)

      const expected: string[] = []
      for (const gib of [1, 32])
        for (const years of [1, 5, 10, 25]) {
          const epochs = years * EPOCHS_PER_YEAR
          const [first, ceiling] = (await perpetual
            .getFunction('endowment')
            .staticCall(gib * GIB, rawPolicy(policy), epochs)) as [bigint, bigint]
          // Of it for keepers: one less than there are deals after another.
          const renewals = Math.ceil((epochs - policy.term) / (policy.term - policy.startDelay - 1))
          const pay = (renewals * Number(policy.maxPay)) / FIL
          const cells = [first, ceiling].map((amount) => (Number(amount) / FIL).toFixed(4))
          expected.push(
            [`${gib} GiB`, `${years}`, `${renewals + 1}`, ...cells, pay.toFixed(2)].join(' | '),
          )
        }
      const [, table = ''] =
        /<!-- endowment:begin -->([\s\S]*?)<!-- endowment:end -->/.exec(PAGE) ?? []
      const rows = table
        .split('\n')
        .filter((line) => /^\| \d/.test(line))
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim())
            .join(' | '),
        )
      expect(rows).to.deep.equal(expected)
    } finally {
      await connection.close()
    }
  })
})

/** Names of the errors of an interface. */
function declared(name: string): string[] {
  const source = readFileSync(`contracts/interfaces/${name}.sol`, 'utf8')
  return [...source.matchAll(/^\s+error (\w+)\(/gm)].map(([, error = '']) => error)
}
