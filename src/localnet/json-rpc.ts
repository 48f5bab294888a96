/**
 * JSON-RPC 2.0 in front of an EIP-1193 provider: a request's text to the text of its answer.
 */
import type { Provider } from './provider.ts'

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const INTERNAL_ERROR = -32603
/** An execution reverted; `data` is the revert data itself, as geth gives it. */
const REVERTED = 3

interface Request {
  id: string | number | null
  method: string
  params: unknown[]
}

export async function answerBody(provider: Provider, body: string): Promise<string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    return JSON.stringify(failure(null, PARSE_ERROR, `not JSON: ${String(error)}`))
  }
  if (!Array.isArray(parsed)) return JSON.stringify(await answerOne(provider, parsed))
  if (parsed.length === 0) return JSON.stringify(failure(null, INVALID_REQUEST, 'an empty batch'))
  return JSON.stringify(await Promise.all(parsed.map((one: unknown) => answerOne(provider, one))))
}

async function answerOne(provider: Provider, parsed: unknown): Promise<unknown> {
  const request = readRequest(parsed)
  if (request === undefined) return failure(null, INVALID_REQUEST, 'not a JSON-RPC 2.0 request')
  const { id, method, params } = request
  try {
    return { jsonrpc: '2.0', id, result: await provider.request({ method, params }) }
  } catch (error) {
    const { code, message, data } = describe(error)
    return failure(id, code, message, data)
  }
}

function readRequest(parsed: unknown): Request | undefined {
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { id = null, method, params = [] } = parsed as Record<string, unknown>
  const isId = id === null || typeof id === 'string' || typeof id === 'number'
  if (!isId || typeof method !== 'string' || !Array.isArray(params)) return undefined
  return { id, method, params }
}

/** Reverts keep their data where ethers looks for it; a failed transaction also keeps its hash. */
function describe(error: unknown): { code: number; message: string; data?: unknown } {
  if (!(error instanceof Error)) return { code: INTERNAL_ERROR, message: String(error) }
  const fields = error as Error & { code?: unknown; data?: unknown; transactionHash?: unknown }
  const code = typeof fields.code === 'number' ? fields.code : INTERNAL_ERROR
  // Lotus names the epoch of a null round there.
  if (typeof fields.data === 'number') return { code, message: error.message, data: fields.data }
  const nested = typeof fields.data === 'object' && fields.data !== null ? fields.data : {}
  const details = nested as { data?: unknown; transactionHash?: unknown }
  const data = typeof fields.data === 'string' ? fields.data : details.data
  if (code === REVERTED) return { code, message: error.message, data }
  const txHash = fields.transactionHash ?? details.transactionHash
  return { code, message: error.message, data: { message: error.message, txHash, data } }
}

function failure(id: Request['id'], code: number, message: string, data?: unknown): unknown {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } }
}
