/** Blockscout and Sourcify as @nomicfoundation/hardhat-verify speaks to them: what they were given, and answers that a test chooses. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Submission {
  readonly explorer: 'blockscout' | 'sourcify'
  /** Lower case. */
  readonly address: string
  readonly contract: string
  readonly compiler: string
  readonly sources: readonly string[]
  readonly constructorArguments: string | undefined
  readonly transaction: string | undefined
}

export interface FakeExplorer {
  readonly url: string
  readonly submissions: Submission[]
  /** Addresses, lower case, that are not indexed yet; each look takes one away. */
  readonly unseen: Map<string, number>
  /** Addresses, lower case, whose source is shown. */
  readonly shown: Set<string>
  /** Every submission fails. */
  refuses: boolean
  close(): Promise<void>
}

interface CompilerInput {
  readonly sources: Record<string, unknown>
}

const ID = '72d12273-0723-448e-a9f6-f7957128efa5'

export async function startExplorer(): Promise<FakeExplorer> {
  const server = createServer((request, response) => {
    void (async () => {
      const { status, body } = await answer(request)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const explorer: FakeExplorer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    submissions: [],
    unseen: new Map(),
    shown: new Set(),
    refuses: false,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(request.url ?? '', explorer.url)
    const text = await bodyOf(request)
    return url.pathname === '/api' ? blockscout(url, text) : sourcify(request.method, url, text)
  }

  function blockscout(url: URL, text: string): { status: number; body: unknown } {
    const action = url.searchParams.get('action')
    if (action === 'getsourcecode') {
      const address = url.searchParams.get('address')?.toLowerCase() ?? ''
      return said('1', [{ SourceCode: explorer.shown.has(address) ? 'contract' : '' }])
    }
    if (action === 'checkverifystatus')
      return said('1', explorer.refuses ? 'Fail - Unable to verify' : 'Pass - Verified')
    const form = new URLSearchParams(text)
    const address = form.get('contractaddress')?.toLowerCase() ?? ''
    if (isUnseen(address)) return said('0', 'The address is not a smart contract')
    explorer.submissions.push({
      explorer: 'blockscout',
      address,
      contract: form.get('contractname') ?? '',
      compiler: form.get('compilerversion') ?? '',
      sources: sourcesOf(JSON.parse(form.get('sourceCode') ?? '{}') as CompilerInput),
      constructorArguments: form.get('constructorArguments') ?? '',
      transaction: undefined,
    })
    return said('1', ID)
  }

  function sourcify(
    method: string | undefined,
    url: URL,
    text: string,
  ): { status: number; body: unknown } {
    const [, kind, chainId, last = ''] = /^\/v2\/(contract|verify)\/([^/]+)(?:\/(.+))?$/.exec(
      url.pathname,
    ) ?? ['', '', '']
    const address = last.toLowerCase()
    const match = explorer.shown.has(address) ? 'exact_match' : null
    const contract = { match, creationMatch: match, runtimeMatch: match, chainId, address }
    if (kind === 'contract') return { status: match === null ? 404 : 200, body: contract }
    if (method === 'POST') {
      const { stdJsonInput, contractIdentifier, compilerVersion, creationTransactionHash } =
        JSON.parse(text) as {
          stdJsonInput: CompilerInput
          contractIdentifier: string
          compilerVersion: string
          creationTransactionHash?: string
        }
      explorer.submissions.push({
        explorer: 'sourcify',
        address,
        contract: contractIdentifier,
        compiler: compilerVersion,
        sources: sourcesOf(stdJsonInput),
        constructorArguments: undefined,
        transaction: creationTransactionHash,
      })
      return { status: 202, body: { verificationId: ID } }
    }
    const done = { isJobCompleted: true, verificationId: ID, jobStartTime: '2026-11-27T12:00:00Z' }
    return explorer.refuses
      ? {
          status: 200,
          body: {
            ...done,
            contract,
            error: { customCode: 'no_match', message: 'no match', errorId: ID },
          },
        }
      : { status: 200, body: { ...done, contract: { ...contract, match: 'exact_match' } } }
  }

  function isUnseen(address: string): boolean {
    const looks = explorer.unseen.get(address) ?? 0
    explorer.unseen.set(address, looks - 1)
    return looks > 0
  }

  return explorer
}

function said(status: '0' | '1', result: unknown): { status: number; body: unknown } {
  return { status: 200, body: { status, message: status === '1' ? 'OK' : 'NOTOK', result } }
}

function sourcesOf({ sources }: CompilerInput): string[] {
  return Object.keys(sources)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
