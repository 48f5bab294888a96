/**
 * Errors as a depot server answers them: the error document of the commands, `{version, kind, code, message, hint}`, with
 * what the request got wrong. What is wrong with the server is told to its operator only: it may name paths.
 */
import { STATUS_CODES } from 'node:http'
import { type ErrorCode, errorCodes, isStorageError, type StorageError } from '../errors.ts'

export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

const REQUEST_ERRORS: Partial<Record<ErrorCode, number>> = {
  ARGUMENT_INVALID: 400,
  CID_INVALID: 400,
  CID_NOT_FOUND: 404,
}

/** 4xx is final for a provider, 5xx is tried again: so only what the request got wrong is 4xx. */
export function refusalOf(error: unknown): Refusal {
  if (isStorageError(error)) return { ...publicly(error), code: error.code }
  return { status: 500, code: 'INTERNAL', message: errorCodes.INTERNAL }
}

/** A refusal that HTTP itself asks for. */
export function refusal(status: number, message: string, hint?: string): Refusal {
  return { status, code: status === 404 ? 'CID_NOT_FOUND' : 'ARGUMENT_INVALID', message, hint }
}

export function bodyOf({ code, message, hint }: Refusal): string {
  return JSON.stringify({ version: 1, kind: 'error', code, message, hint })
}

/** The whole response to a connection that sent no request that could be parsed. */
export function rawAnswer(status: number, message: string): string {
  const body = bodyOf(refusal(status, message))
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

function publicly(error: StorageError): Omit<Refusal, 'code'> {
  const status = REQUEST_ERRORS[error.code]
  if (status === undefined) return { status: 500, message: errorCodes[error.code] }
  return { status, message: error.message, hint: error.hint }
}
