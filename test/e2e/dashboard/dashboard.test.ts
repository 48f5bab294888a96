/** The dashboard, clicked through as a person would, over a local Filecoin with real deals. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { bundlePage } from '../../../src/dashboard/bundle.ts'
import { gatherChain, gatherTimeline } from '../../../src/dashboard/gather.ts'
import { type DashboardServer, startDashboard } from '../../../src/dashboard/server.ts'
import { type DashboardState, openState } from '../../../src/dashboard/state.ts'
import { makeToken } from '../../../src/dashboard/token.ts'
import { readFetches } from '../../../src/depot/fetch-log.ts'
import { openEventIndex } from '../../../src/flow/event-index.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import type { TimelineSources } from '../../../src/flow/timelines.ts'
import { activateDeal, publishProposal } from '../../../src/localnet/controls.ts'
import { pushFolder, readPushes } from '../../../src/relay/push-log.ts'
import { type Local, startLocal } from '../story/local.ts'
import { expectAccessible, expectFits, launchChromium, openTab, type Tab } from './browser.ts'

const sourcesOf = ({ context, folder }: Local): TimelineSources => {
  const { client, depot, network, provider } = context
  return {
    index: openEventIndex({ provider, client: client.address, from: 0n, network: network.name }),
    fetches: () => readFetches(depot.folder),
    pushes: () => readPushes(pushFolder(join(folder, 'relay'), network.name, client.address)),
  }
}

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }

describe('the dashboard in Chromium', function () {
  this.timeout(120_000)
  let local: Local
  let browser: Browser
  let state: DashboardState
  let server: DashboardServer
  let proposalId: string
  const token = makeToken()
  const tabs: Tab[] = []
  let nodeIsAway = false

  before(async function () {
    const launched = await launchChromium()
    if (launched === undefined) return this.skip()
    browser = launched
    local = await startLocal([{ kind: 'honest' }, { kind: 'honest' }])
    const data = join(local.folder, 'tides & <b>moons')
    await mkdir(data)
    await writeFile(join(data, 'hello.txt'), 'hello world')
    const { client, context } = local
    const request = { inputs: [data], replicas: 2, deadlineMs: 60_000, everyMs: 100 } as const
    const made = await makeDeal({ ...request, wait: 'active' }, context)
    proposalId = made.proposals[0]?.proposalId ?? ''
    state = openState({
      network: context.network,
      everyMs: 300,
      explain: (error) => ({
        code: 'NODE_UNREACHABLE',
        message: (error as Error).message,
        hint: 'Look whether it runs.',
        next: null,
      }),
      sources: {
        chain: async () => {
          if (nodeIsAway) throw new Error('the node did not answer')
          return gatherChain(context)
        },
        depot: () => context.depot.list(),
        timeline: (id) => gatherTimeline(local.context, sourcesOf(local), id),
        send: async (order, onSent) => (await client.reannounce(order.proposalId, { onSent })).tx,
      },
    })
    server = await startDashboard({ state, bundle: await bundlePage(), port: 0, token })
  })
  afterEach(async () => {
    for (const { page, complaints, close } of tabs.splice(0)) {
      expect(complaints, page.url()).to.deep.equal([])
      await close()
    }
  })
  after(async () => {
    await server?.close()
    await browser?.close()
    await local?.stop()
  })

  async function open(hash = '', options = {}) {
    const tab = await openTab(browser, `${server.url}/${hash}`, options)
    tabs.push(tab)
    return tab.page
  }
  const propose = async (name: string): Promise<string> => {
    const file = join(local.folder, name)
    await writeFile(file, name)
    // Two providers are there, so one slot stays free.
    const made = await makeDeal({ inputs: [file], replicas: 3 }, local.context)
    return made.proposals[0]?.proposalId ?? ''
  }

  it('leads from the list to a proposal, its timeline and its deals', async () => {
    const page = await open()
    await page.getByRole('cell', { name: 'stored' }).waitFor()
    await page.getByRole('link', { name: 'tides & <b>moons' }).click()
    const heading = page.getByRole('heading', { level: 1, name: 'tides & <b>moons' })
    await heading.waitFor()
    expect(
      await heading.evaluate((element) => element === element.ownerDocument.activeElement),
    ).to.equal(true)
    await page
      .getByText(/fetched 100 %: (?<whole>[\d.]+ \w+) of \k<whole>$/)
      .first()
      .waitFor()
    for (const copy of ['Replica 1', 'Replica 2']) {
      const region = page.getByRole('region', { name: copy })
      await region.getByText(/Published by f0100[01] as deal/).waitFor()
      await region.getByText(/Active: /).waitFor()
      expect(await region.getByRole('heading').textContent()).to.match(
        /at f0100[01], deal [01], \d+ days left/,
      )
    }
    expect(await page.getByRole('region', { name: 'Terms' }).textContent()).to.include(proposalId)
    expect(await page.title()).to.equal('tides & <b>moons · Sealift')
    await page.getByRole('link', { name: 'All deals' }).click()
    await page.getByRole('heading', { level: 1, name: 'Deals' }).waitFor()
  })

  it('filters, searches, and says when nothing is found', async () => {
    const page = await open()
    await page.getByRole('link', { name: /^waiting/ }).click()
    await page.getByText('Nothing is found.').waitFor()
    await page.getByRole('link', { name: /^all/ }).click()
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing')
    await page.getByText('0 proposals').waitFor()
    expect(page.url()).to.match(/q=no\+such\+thing/)
    await page.getByRole('searchbox', { name: 'Search' }).fill('f01001')
    await page.getByText('1 proposal', { exact: true }).waitFor()
  })

  it('shows money and depot', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Money' }).click()
    const locked = page.getByRole('row', { name: /^Locked/ })
    await locked.waitFor()
    expect(await locked.textContent()).to.match(/Locked\d[\d.]* \w*FIL/)
    await page.getByRole('link', { name: 'Depot' }).click()
    await page.getByRole('cell', { name: '2 active deals' }).waitFor()
  })

  it('can be used in each view, light and dark, at a desk and on a phone of 360 pixels', async () => {
    const views = ['#/', `#/proposal/${proposalId}`, '#/money', '#/depot', '#/nowhere']
    const ways = [{}, { colorScheme: 'dark' }, PHONE, { ...PHONE, colorScheme: 'dark' }]
    const grounds = new Set<string>()
    for (const way of ways) {
      const page = await open('', way)
      for (const hash of views) {
        await page.goto(`${server.url}/${hash}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        if (hash.includes('proposal')) await page.getByRole('region', { name: 'Terms' }).waitFor()
        if (hash === '#/' || hash === '#/depot') await page.getByRole('table').waitFor()
        if (way !== ways[3]) await expectAccessible(page, `${hash} ${JSON.stringify(way)}`)
        await expectFits(page, `${hash} ${JSON.stringify(way)}`)
      }
      grounds.add(
        await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor'),
      )
    }
    expect(grounds.size).to.equal(2)
  })

  it('can be used with the keyboard alone', async () => {
    const page = await open()
    await page.getByRole('table').waitFor()
    const tab = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate<string>('document.activeElement?.textContent ?? ""')
        if (name.test(focused)) return
      }
      expect.fail(`no way to ${name}`)
    }
    await tab(/^tides/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /^tides/ }).waitFor()
  })

  it('says what to do where no script may run', async () => {
    const page = await open('', { javaScriptEnabled: false })
    await page.locator('noscript h1').waitFor()
    expect(await page.locator('noscript').textContent()).to.include('JavaScript is switched off')
    expect(await page.locator('noscript code').textContent()).to.equal('npx hardhat deals')
  })

  it('shows a new proposal and its deal becoming active, without being asked again', async () => {
    const manual = await startLocal([{ kind: 'manual' }])
    const { context } = manual
    const watched = await startDashboard({
      state: openState({
        network: context.network,
        everyMs: 200,
        explain: () => ({ code: 'X', message: '', hint: null, next: null }),
        sources: {
          chain: () => gatherChain(context),
          depot: () => context.depot.list(),
          timeline: (id) => gatherTimeline(manual.context, sourcesOf(manual), id),
          send: undefined,
        },
      }),
      bundle: await bundlePage(),
      port: 0,
      token: undefined,
    })
    try {
      const tab = await openTab(browser, watched.url)
      tabs.push(tab)
      const { page } = tab
      await page.getByText('Nothing is proposed yet.').waitFor()
      await expectAccessible(page, 'empty')
      const file = join(manual.folder, 'late.txt')
      await writeFile(file, 'late')
      const made = await makeDeal({ inputs: [file], replicas: 1 }, context)
      const id = made.proposals[0]?.proposalId ?? ''
      await page.getByRole('cell', { name: 'waiting' }).waitFor()
      await page.getByRole('link', { name: 'late.txt' }).click()
      await page.getByText('Waits for').first().waitFor()
      const chain = manual.filecoin.provider
      const { address } = manual.client
      const dealId = await publishProposal(chain, { client: address, proposalId: id, miner: 1000n })
      await page.getByText(/Published by f01000 as deal 0/).waitFor()
      await activateDeal(chain, dealId)
      await page.getByText(/Active: f01000/).waitFor()
      await page.getByText('✓ stored').waitFor()
    } finally {
      // Before its server: a page that is still open asks on.
      for (const { close } of tabs) await close()
      await watched.close()
      await manual.stop()
    }
  })

  it('says since when the node is away, and keeps what it knew', async () => {
    const page = await open()
    await page.getByRole('table').waitFor()
    nodeIsAway = true
    try {
      await page
        .getByText(/The node does not answer\. What is shown is as of epoch [\d,]+,/)
        .waitFor()
      await page.getByRole('cell', { name: 'stored' }).waitFor()
      await expectAccessible(page, 'node away')
    } finally {
      nodeIsAway = false
    }
    await page.getByText(/The node does not answer/).waitFor({ state: 'detached' })
  })

  it('sends with the token after a question, and without it not at all', async () => {
    const id = await propose('open.txt')
    await state.refresh()
    const reader = await open(`#/proposal/${id}`)
    await reader.getByText('This tab only reads').waitFor()
    expect(await reader.getByRole('button').count()).to.equal(0)

    const page = await open(`#token=${token}`)
    await page.getByRole('link', { name: 'open.txt' }).click()
    expect(page.url()).to.not.include(token)
    const announce = page.getByRole('button', { name: 'Announce again' })
    await announce.click()
    await page.getByRole('dialog', { name: /Announce again: open\.txt/ }).waitFor()
    await expectAccessible(page, 'question')
    // Enter on what has the focus sends nothing.
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(state.desk?.list()).to.deep.equal([])
    await announce.click()
    await page.getByRole('button', { name: 'Send it' }).click()
    await page.getByText(/Announce again is done: transaction 0x[0-9a-f]{64}/).waitFor()
    expect(
      state.desk?.list().map(({ action, proposalId: about }) => [action, about]),
    ).to.deep.equal([['reannounce', id]])
    expect(await page.content()).to.not.include(token)
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).to.equal('{}')
  })
})
