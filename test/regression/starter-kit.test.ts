/**
 * The bugs of the old kits' tools: each scenario with our commands, against a real local chain where one is needed. Those of
 * the contract are in test/contracts/starter-kit; docs/starter-kit-bugs.md lists all. DMK is
 * filecoin-project/fvm-starter-kit-deal-making at bbe2815, ONR FIL-Builders/onramp-contracts at 7b3a00b.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { Task } from 'hardhat/types/tasks'
import config from '../../hardhat.config.ts'
import { toHex } from '../../src/bytes/hex.ts'
import { readDeployment } from '../../src/chain/deployments.ts'
import { collateralBounds, describeAddress } from '../../src/chain/lotus.ts'
import { checkChain, networkOf } from '../../src/chain/networks.ts'
import { rootOfLabel } from '../../src/deal/label.ts'
import { type Request, termsFor } from '../../src/deal/terms.ts'
import type { ProposedDocument } from '../../src/flow/documents.ts'
import { makeDeal } from '../../src/flow/make-deal.ts'
import { cidToBytes } from '../../tasks/cid-to-bytes.ts'
import { showProposal } from '../../tasks/get-deal-proposal.ts'
import {
  type MakeDealProposalArguments,
  proposeByHand,
  readRequest,
} from '../../tasks/make-deal-proposal.ts'
import { type Local, startLocal } from '../e2e/story/local.ts'
import { refused } from '../support/refused.ts'
import { actJson } from '../tasks/support/act.ts'
import { PIECE, PIECE_V2, ROOT } from '../tasks/support/documents.ts'

/** keccak-256 of `DealProposalCreate(bytes32,uint64,bool,uint256)`, as DMK printed it for every proposal. */
const EVENT_SIGNATURE = '0xfd6419d07e4c269e58d0c63969756c2124155b4a8d6dd08b8cd46e3a9acbf625'
/** Head of Calibration on 22 September 2026. */
const CALIBRATION_EPOCH = 4_090_000n
/** attoFIL, for 32 GiB on Calibration or thereabouts; the node tells the real ones. */
const BOUNDS = { min: 1_000_000n, max: 10n ** 24n }

const BY_HAND: MakeDealProposalArguments = {
  pieceCid: PIECE,
  pieceSize: '128',
  verifiedDeal: 'false',
  label: ROOT,
  startEpoch: undefined,
  endEpoch: undefined,
  storagePricePerEpoch: '10',
  providerCollateral: undefined,
  clientCollateral: '0',
  locationRef: 'https://depot.example/a.car',
  carSize: '127',
  skipIpniAnnounce: 'false',
  removeUnsealedCopy: 'false',
  contract: undefined,
  skipDoctor: false,
  yes: true,
  json: true,
}

/** The example of DMK's README, §2, as it is printed there. */
const README_EXAMPLE: Request = {
  pieceCid: PIECE,
  size: 127,
  pieceSize: 128,
  label: ROOT,
  url: 'https://data-depot.lighthouse.storage/api/download/a.car',
  startEpoch: 520_000n,
  endEpoch: 1_555_200n,
  pricePerEpoch: 0n,
  providerCollateral: 0n,
}

/** attoFIL per epoch when no price is said. */
function defaultPriceOf(pieceSize: number): bigint {
  const { pieceCid, label, url } = README_EXAMPLE
  const request = { pieceCid, label, url, size: (pieceSize / 128) * 127, pieceSize }
  return termsFor(request, { epoch: CALIBRATION_EPOCH, collateralBounds: BOUNDS }).pricePerEpoch
}

describe('bugs of the starter kit’s tools', () => {
  let local: Local
  before(async () => {
    local = await startLocal([])
  })
  after(() => local.stop())

  /** `make-deal-proposal`, on the local chain. */
  const propose = async (args: MakeDealProposalArguments): Promise<ProposedDocument> => {
    const { client, provider, context } = local
    const { document } = await actJson((run) =>
      proposeByHand(args, readRequest(args), run, {
        network: context.network,
        name: 'localnet',
        client,
        describeClient: () => describeAddress(provider, context.network, client.address, run),
        circumstances: async (pieceSize) => ({
          epoch: await client.epoch(),
          startWindow: context.network.startWindow,
          collateralBounds: await collateralBounds(provider, pieceSize, run),
        }),
      }),
    )
    return document as unknown as ProposedDocument
  }
  /** `get-deal-proposal`, on the local chain. */
  const show = async (proposalId: string): Promise<Record<string, unknown>> => {
    const { client, context } = local
    const ports = { network: context.network, client }
    const { document } = await actJson(() => showProposal(proposalId, ports))
    return document
  }

  /** DMK tasks/deal-client/make-deal-proposal.js, last lines: `events[0].topics[0]`. */
  it('B1: the printed id is the proposal’s own, and the next command takes it', async () => {
    const ids: string[] = []
    for (const label of [`first/ipfs/${ROOT}`, `second/ipfs/${ROOT}`]) {
      const [proposal] = (await propose({ ...BY_HAND, label })).proposals
      const id = proposal?.proposalId ?? ''
      ids.push(id)
      expect((await show(id)).label).to.equal(label)
      const receipt = await local.provider.getTransactionReceipt(proposal?.tx ?? '')
      const announced = receipt?.logs.find(({ topics }) => topics[0] === EVENT_SIGNATURE)
      expect(announced?.topics[1]).to.equal(id)
    }
    expect(new Set([...ids, EVENT_SIGNATURE]).size).to.equal(3)
  })

  /** DMK tasks/cid-to-bytes.js printed `0x00…`, make-deal-proposal.js sent `0x…`: two keys for one piece. */
  it('B8: what cid-to-bytes prints is what make-deal-proposal stores', async () => {
    const printed = cidToBytes({ cid: PIECE, json: true }).document.bytes
    const forms = [PIECE, PIECE_V2, printed, `0x00${printed.slice(2)}`]
    for (const [index, pieceCid] of forms.entries()) {
      const label = `form-${index}/ipfs/${ROOT}`
      const [proposal] = (await propose({ ...BY_HAND, pieceCid, label })).proposals
      const stored = await local.client.getDealProposal(proposal?.proposalId ?? '')
      expect(toHex(stored.pieceCid), pieceCid).to.equal(printed)
    }
  })

  /** DMK make-deal-proposal.js, parameters: "pieceSize: The piece CID of the data you want to put up a bounty for". */
  it('B9: each option has a help of its own, with its unit and its default', async () => {
    const hre = await createHardhatRuntimeEnvironment(config)
    const { options }: Task = hre.tasks.getTask('make-deal-proposal')
    const expected: Readonly<Record<string, RegExp>> = {
      pieceCid: /piece CID/i,
      pieceSize: /padded.*bytes/i,
      verifiedDeal: /Default: false/,
      label: /256 bytes.*root CID/,
      startEpoch: /Epoch \(30 s\).*Default: /,
      endEpoch: /Epoch \(30 s\).*Default: /,
      storagePricePerEpoch: /attoFIL per epoch for the whole piece.*Default: /,
      providerCollateral: /attoFIL.*Default: /,
      clientCollateral: /attoFIL.*Default: 0/,
      locationRef: /URL/,
      carSize: /bytes/,
      skipIpniAnnounce: /indexer.*Default: false/,
      removeUnsealedCopy: /copy.*Default: false/,
      contract: /Address.*Default: /,
    }
    const texts = Object.entries(expected).map(([name, unit]) => {
      const text = options.get(name)?.description ?? ''
      expect(text, name).to.match(unit)
      expect(text, name).not.to.match(/bounty|reward/i)
      return text
    })
    expect(new Set(texts).size).to.equal(texts.length)
  })

  /** DMK README §2 put the piece CID into the label; Boost reads the payload's root from it (contract_deal_monitor.go). */
  it('B10: the label of a deal carries the root of the content', async () => {
    const file = join(local.folder, 'letter.txt')
    await writeFile(file, 'Dear reader,\n')
    const made = await makeDeal({ inputs: [file] }, local.context)
    const [proposal] = made.proposals
    const { label } = await local.client.getDealProposal(proposal?.proposalId ?? '')
    const root = rootOfLabel(String(label))
    expect(root).not.to.equal(proposal?.pieceCid)
    const stored = await local.context.depot.find(root ?? '')
    expect(stored).to.include({ root, pieceCid: proposal?.pieceCid })
  })

  /** DMK deploy/0_deploy.js saved nothing: the address was pasted into README, frontend and .env by hand. */
  it('B11: deploy writes the address down, with what is needed to use it', async () => {
    const folder = join(local.folder, 'deployments')
    const { address, abi, chainId, network } = await readDeployment(
      folder,
      'localnet',
      'DealClient',
    )
    expect({ address, chainId, network }).to.deep.equal({
      address: local.client.address,
      chainId: 31_415_926,
      network: 'localnet',
    })
    const names = (abi as readonly { name?: string }[]).map(({ name }) => name)
    expect(names).to.include.members(['makeDealProposal', 'getDealProposal', 'DealProposalCreate'])
  })

  /** DMK package.json: `npm test` named a folder that did not exist; no CI. */
  it('B12: npm test runs tests, and the gate runs npm test', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>
    }
    const files = (scripts['test'] ?? '').split(' ').filter((word) => /\.m?[jt]s$/.test(word))
    expect(files.length).to.be.greaterThan(0)
    for (const file of files) expect(existsSync(file), file).to.equal(true)
    const names = readdirSync('test', { recursive: true, encoding: 'utf8' })
    for (const kind of ['.t.sol', '.test.ts']) {
      expect(names.filter((name) => name.endsWith(kind)).length, kind).to.be.greaterThan(10)
    }
    expect(readFileSync('.ci/run', 'utf8')).to.match(/^npm test\b/m)
  })

  describe('B17: the name of a network means its chain', () => {
    const CHAINS = { filecoin: 314, calibration: 314_159, localnet: 31_415_926 }

    /** ONR hardhat.config.ts: "filecoin" was Calibration unless NETWORK was "mainnet". */
    it('whatever the environment says', async () => {
      const before_ = process.env['NETWORK']
      process.env['NETWORK'] = 'calibration'
      try {
        const { networks } = (await createHardhatRuntimeEnvironment(config)).config
        for (const [name, chainId] of Object.entries(CHAINS)) {
          expect(networks[name]?.chainId, name).to.equal(chainId)
        }
      } finally {
        if (before_ === undefined) delete process.env['NETWORK']
        else process.env['NETWORK'] = before_
      }
    })

    it('and no node of another chain is spoken to under it', async () => {
      for (const name of ['filecoin', 'mainnet', 'calibration', 'calibnet', 'localnet', 'devnet']) {
        const network = networkOf(name)
        for (const [other, chainId] of Object.entries(CHAINS)) {
          if (other === network.name) checkChain(network, chainId)
          else await refused('UNKNOWN_NETWORK', () => checkChain(network, chainId))
        }
      }
    })
  })

  describe('7.1 tooling: the example of the README', () => {
    const now = { epoch: CALIBRATION_EPOCH, collateralBounds: BOUNDS }

    /** Epoch 520000 of Calibration was on 1 May 2023. */
    it('is refused for its start, with the epoch from which on it may be', async () => {
      const error = await refused('EPOCH_PAST', () => termsFor(README_EXAMPLE, now))
      expect(error.message).to.include('520000').and.to.include('4092880')
    })

    it('is refused for its collateral of 0, with the bounds', async () => {
      const current = {
        ...README_EXAMPLE,
        startEpoch: CALIBRATION_EPOCH + 5_760n,
        endEpoch: CALIBRATION_EPOCH + 1_000_000n,
      }
      const error = await refused('TERM_INVALID', () => termsFor(current, now))
      expect(error.message).to.include('provider collateral').and.to.include('1000000')
      const { providerCollateral: _, ...rest } = current
      expect(termsFor(rest, now).providerCollateral).to.equal(1_200_000n)
    })

    /** The README said attoFIL per GiB; the market takes attoFIL for the whole piece. */
    it('has a price for the whole piece, whatever its size', () => {
      expect(defaultPriceOf(2 ** 30)).to.equal(50_000_000n)
      expect(defaultPriceOf(2 ** 35)).to.equal(32n * 50_000_000n)
    })
  })

  /** DMK hardhat.config.js: without PRIVATE_KEY nothing compiled. */
  it('7.1 tooling: no key is needed to load the configuration', async () => {
    const before_ = process.env['PRIVATE_KEY']
    delete process.env['PRIVATE_KEY']
    try {
      const hre = await createHardhatRuntimeEnvironment(config)
      expect(hre.config.networks['calibration']?.chainId).to.equal(314_159)
      expect(hre.tasks.getTask('build').description.length).to.be.greaterThan(0)
    } finally {
      if (before_ !== undefined) process.env['PRIVATE_KEY'] = before_
    }
  })
})
