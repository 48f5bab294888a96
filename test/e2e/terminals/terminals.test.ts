/** The commands of the README in processes of their own, as they are typed into separate terminals. */
import { expect } from 'chai'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  DealsDocument,
  DeployedDocument,
  ProposedDocument,
  RetrievedDocument,
} from '../../../src/flow/documents.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

/** keccak-256 of `DealProposalCreate(bytes32,uint64,bool,uint256)`, which the starter kit printed as every proposal's id. */
const EVENT_SIGNATURE = '0xfd6419d0'

describe('separate terminals', function () {
  this.timeout(120_000)
  let terminal: Terminal
  let folder = ''
  let content = ''
  before(async () => {
    terminal = await openTerminal()
    folder = terminal.folder
    content = join(folder, 'a letter.txt')
    await writeFile(content, 'Dear reader,\n'.repeat(100))
  })
  after(() => terminal.close())

  const run = (...words: string[]): Promise<unknown> => terminal.run(...words)
  /** Code of the error that the command prints. */
  const refusal = async (task: string, ...args: string[]): Promise<unknown> => {
    const failed = await run(task, ...args).then(
      () => expect.fail('the command went well'),
      (error: unknown) => error as { code: number; stdout: string },
    )
    expect(failed.code).to.equal(1)
    return (JSON.parse(failed.stdout) as { code: unknown }).code
  }

  let first: ProposedDocument['proposals'][number]

  it('says what to deploy first', async () => {
    expect(await refusal('deals')).to.equal('NOT_DEPLOYED')
  })

  it('deploys into the folder that SEALIFT_DEPLOYMENTS names', async () => {
    const deployed = (await run('deploy')) as DeployedDocument
    expect(deployed.deployed).to.deep.equal(['DealClientFactory', 'DealClient'])
    const written = await readdir(join(folder, 'deployments', 'localnet'))
    expect(written.filter((name) => name.endsWith('.json'))).to.have.members([
      'DealClientFactory.json',
      'DealClient.json',
    ])
  })

  it('makes a deal that is active when the command ends', async () => {
    const { kind, proposals } = (await run(
      'make-deal',
      '--file',
      content,
      '--wait',
    )) as ProposedDocument
    expect(kind).to.equal('proposed')
    expect(proposals).to.have.length(1)
    const [proposal] = proposals
    if (proposal === undefined) throw expect.fail('no proposal')
    first = proposal
    expect(proposal.deals.map(({ state }) => state)).to.deep.equal(['active'])
  })

  it('prints an id that is the proposal, not the event (prior art, B1)', async () => {
    expect(first.proposalId).to.match(/^0x[0-9a-f]{64}$/)
    expect(first.proposalId).to.not.include(EVENT_SIGNATURE)
    expect(await run('get-deal-proposal', '--proposal-id', first.proposalId)).to.include({
      kind: 'deal-proposal',
      proposalId: first.proposalId,
      pieceCid: first.pieceCid,
      label: first.label,
    })
  })

  // Before there is another deal of the same piece: then the newest active one would be asked first.
  it('retrieves from the depot, and without a depot from the provider', async () => {
    const root = first.label.split('/ipfs/')[1] ?? ''
    const expected = await readFile(content)
    const near = (await run('retrieve', root, '--out', join(folder, 'near'))) as RetrievedDocument
    expect(near).to.include({ kind: 'retrieved', source: 'depot', verified: true })
    expect(await readFile(near.path)).to.deep.equal(expected)
    const far = (await run(
      'retrieve',
      first.pieceCid,
      '--out',
      join(folder, 'far'),
      '--depot',
      join(folder, 'another depot'),
    )) as RetrievedDocument
    expect(far.source).to.equal(first.deals[0]?.provider)
    expect(await readFile(far.path)).to.deep.equal(expected)
  })

  it('makes another deal of the same piece, with an id of its own', async () => {
    const { proposals } = (await run(
      'make-deal',
      '--cid',
      first.pieceCid,
      '--replicas',
      '2',
    )) as ProposedDocument
    expect(proposals.map(({ pieceCid }) => pieceCid)).to.deep.equal([first.pieceCid])
    expect(proposals[0]?.proposalId).to.not.equal(first.proposalId)
  })

  it('shows both proposals', async () => {
    const { kind, proposals } = (await run('deals')) as DealsDocument
    expect(kind).to.equal('deals')
    expect(proposals).to.have.length(2)
    expect(proposals.map(({ proposalId }) => proposalId)).to.include(first.proposalId)
  })

  it('ends the local Filecoin on Ctrl-C with exit code 0, though npm passes the signal on again', async () => {
    const { promise, resolve } = Promise.withResolvers<number | null>()
    const { localnet } = terminal
    localnet.on('exit', resolve)
    localnet.kill('SIGINT')
    localnet.kill('SIGINT')
    expect(await promise).to.equal(0)
    const left = await readdir(folder, { recursive: true })
    expect(left.filter((name) => name.startsWith('providers/'))).to.deep.equal([])
  })

  it('says how to start it when it does not run', async () => {
    expect(await refusal('deals')).to.equal('NODE_UNREACHABLE')
  })
})
