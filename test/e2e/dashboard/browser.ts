/** A real Chromium without a window, for tests of the dashboard; how each must behave is told in one place. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const DEBIAN = '/usr/bin/chromium'

/**
 * Undefined where there is none: then the tests are skipped with a line that says so.
 * @throws Where CI=true: there a browser belongs to the gate, and its absence must not look like success.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  const named = process.env['CHROMIUM'] ?? ''
  const executablePath = named === '' ? DEBIAN : named
  if (!existsSync(executablePath)) {
    const what = `no Chromium at ${executablePath}: install it (apt-get install chromium) or name one with CHROMIUM`
    if ((process.env['CI'] ?? '') !== '') throw new Error(what)
    console.log(`      ${what}; the tests in a browser are skipped`)
    return undefined
  }
  // Its own sandbox wants rights that a container does not give.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export interface Tab {
  readonly page: Page
  /** What must stay empty: requests to others, errors, complaints of the content security policy. */
  readonly complaints: string[]
  close(): Promise<void>
}

export async function openTab(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1120, height: 800 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  const { origin } = new URL(url)
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asked ${request.url()}`)
  })
  page.on('pageerror', (error) => complaints.push(`failed: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url)
  return { page, complaints, close: () => context.close() }
}

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** All rules of axe: WCAG 2 A and AA, and best practices. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate<Violation[]>(
    'axe.run().then(({ violations }) => JSON.parse(JSON.stringify(violations)))',
  )
  const told = violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
  )
  expect(told, where).to.deep.equal([])
}

/** Nothing sticks out to the right. */
export async function expectFits(page: Page, where: string): Promise<void> {
  const widths = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  )
  expect(widths[0], where).to.be.at.most(widths[1])
}
