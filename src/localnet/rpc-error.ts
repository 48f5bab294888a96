/** An answer of JSON-RPC that is an error: thrown where a request is answered, and where one was asked. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, options: ErrorOptions & { data?: unknown } = {}) {
    super(message, options)
    this.name = 'RpcError'
    this.code = code
    this.data = options.data
  }
}

/** Standard codes (JSON-RPC 2.0 section 5.1), and what Lotus answers for everything that went wrong in a method. */
export const INVALID_PARAMS = -32602
export const METHOD_NOT_FOUND = -32601
export const FAILED = 1
