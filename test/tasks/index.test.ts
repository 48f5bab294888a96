import { expect } from 'chai'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { Task } from 'hardhat/types/tasks'
import { tasks } from '../../tasks/index.ts'

const NAMES = [
  'prepare',
  'aggregate',
  'piece-cid',
  'depot',
  'init-wallet',
  'deploy',
  'make-deal',
  'push',
  'reannounce',
  'aggregator',
  'keeper',
  'request',
  'store',
  'stores',
  'top-up',
  'providers',
  'deals',
  'dashboard',
  'doctor',
  'explain',
  'watch',
  'retrieve',
  'receipt',
  'verify-receipt',
  'localnet',
  'localnet mine',
  'localnet publish',
  'localnet activate',
  'localnet skip-activation',
  'localnet fault',
  'localnet recover',
  'localnet terminate',
  'localnet expire',
  'localnet null-rounds',
  'make-deal-proposal',
  'get-deal-proposal',
  'get-deal-status',
  'cid-to-bytes',
  'get-address',
]

/** https://github.com/filecoin-project/fvm-starter-kit-deal-making, tasks/deal-client/make-deal-proposal.js */
const STARTER_KIT = [
  'contract',
  'pieceCid',
  'pieceSize',
  'verifiedDeal',
  'label',
  'startEpoch',
  'endEpoch',
  'storagePricePerEpoch',
  'providerCollateral',
  'clientCollateral',
  'locationRef',
  'carSize',
  'skipIpniAnnounce',
  'removeUnsealedCopy',
]

describe('tasks/index', () => {
  let declared: Task[]
  before(async () => {
    const hre = await createHardhatRuntimeEnvironment({ tasks })
    declared = NAMES.map((name) => hre.tasks.getTask(name.split(' ')))
  })
  const arguments_ = () =>
    declared.flatMap(({ id, options, positionalArguments }) =>
      [...options.values(), ...positionalArguments].map(({ name, description, type }) => ({
        task: id.join(' '),
        name,
        description,
        type,
      })),
    )

  it('declares every command of the design and the aliases of the starter kit', () => {
    expect(tasks.map(({ id }) => id.join(' '))).to.have.members(NAMES)
  })

  it('gives every task its own description', () => {
    const texts = declared.map(({ description }) => description)
    expect(texts.every((text) => text.length > 20)).to.equal(true)
    expect(new Set(texts).size).to.equal(texts.length)
  })

  it('gives every task --json', () => {
    for (const task of declared) expect(task.options.has('json'), task.id.join(' ')).to.equal(true)
  })

  it('explains every option, in a text that no option of another name has', () => {
    const owners = new Map<string, string>()
    for (const { name, description, task } of arguments_()) {
      expect(description.trim().length, `${task} ${name}`).to.be.greaterThan(2)
      // Ports, hosts and the like mean the same under several tasks, then the name differs by purpose only.
      const owner = owners.get(description) ?? name.toLowerCase()
      expect(
        owner.includes(name.toLowerCase()) || name.toLowerCase().includes(owner),
        `"${description}" explains both ${owner} and ${name}`,
      ).to.equal(true)
      owners.set(description, owner)
    }
  })

  it('states the default of every option that may be left out', () => {
    const needed = new Set(['file', 'cid', 'contract', 'pieceCid', 'pieceSize', 'label'])
    for (const name of ['locationRef', 'carSize', 'proposalId', 'dealId']) needed.add(name)
    for (const { name, description, type, task } of arguments_()) {
      if (type !== 'STRING_WITHOUT_DEFAULT' || needed.has(name)) continue
      expect(description, `${task} ${name}`).to.match(/Default: |instead of --/)
    }
  })

  it('names the unit of every amount, epoch, size and time', () => {
    const units: [RegExp, RegExp][] = [
      [/price|collateral/i, /attoFIL|with its unit/],
      [/^(start|end)Epoch$/, /30 s/],
      [/size/i, /bytes/],
      [/seconds/i, /Seconds/],
      [/^(timeout|duration|startIn)$/, /such as \d+\w/],
      [/port$/i, /TCP/],
    ]
    for (const { name, description, task } of arguments_()) {
      for (const [names, unit] of units) {
        if (names.test(name)) expect(description, `${task} ${name}`).to.match(unit)
      }
    }
  })

  it('uses no digit in an option: Hardhat would tear the name apart', () => {
    for (const { name } of arguments_()) expect(name).to.match(/^[a-z][a-zA-Z]*$/)
  })

  it('knows every flag of the starter kit', () => {
    const kit = declared.find(({ id }) => id[0] === 'make-deal-proposal')
    expect([...(kit?.options.keys() ?? [])]).to.include.members(STARTER_KIT)
  })

  it('explains the piece CID and the piece size each in its own words', () => {
    const kit = declared.find(({ id }) => id[0] === 'make-deal-proposal')
    expect(kit?.options.get('pieceSize')?.description).to.match(/^Padded size/)
    expect(kit?.options.get('pieceCid')?.description).to.match(/^Piece CID/)
    expect(kit?.options.get('label')?.description).to.include('root CID')
  })

  it('loads the action of a task lazily', async () => {
    for (const definition of tasks) {
      expect(definition, definition.id.join(' ')).to.have.property('action').that.is.a('function')
    }
  })
})
