/** Curio's MK12 over HTTP: store a deal, ask how it goes, ask what the provider wants. */
import { idAddress } from '../bytes/address.ts'
import type { Codec } from '../deal/cbor.ts'
import { mk12AskRequest, mk12AskResponse, type Mk12AskResponse } from '../deal/mk12-ask.ts'
import {
  mk12StatusRequest,
  mk12StatusResponse,
  type Mk12StatusResponse,
} from '../deal/mk12-status.ts'
import { CONTRACT_SIGNATURE } from '../deal/mk12-offer.ts'
import {
  mk12DealParams,
  type Mk12DealParams,
  mk12DealResponse,
  type Mk12DealResponse,
} from '../deal/mk12.ts'
import { isStorageError } from '../errors.ts'
import { type Endpoint, exchange } from './http.ts'

const PATH = '/market/mk12'

/**
 * `invalid`: the provider could not read the request, or refuses such requests. `absent`: nothing of MK12 is there. `busy`:
 * it was not looked at, try later.
 */
export type Told<T> =
  | { readonly kind: 'told'; readonly value: T }
  | {
      readonly kind: 'invalid' | 'absent' | 'busy' | 'unreachable' | 'unclear'
      readonly reason: string
    }

/** @throws ABORTED */
export function storeDeal(
  endpoint: Endpoint,
  params: Mk12DealParams,
): Promise<Told<Mk12DealResponse>> {
  return talk('POST', '/store', mk12DealParams.encode(params), mk12DealResponse, endpoint)
}

/** @throws ABORTED */
export function dealStatus(
  endpoint: Endpoint,
  dealUuid: Uint8Array,
): Promise<Told<Mk12StatusResponse>> {
  const body = mk12StatusRequest.encode({ dealUuid, signature: CONTRACT_SIGNATURE })
  return talk('GET', '/status', body, mk12StatusResponse, endpoint)
}

/** @throws ABORTED */
export function currentAsk(endpoint: Endpoint, miner: bigint): Promise<Told<Mk12AskResponse>> {
  const body = mk12AskRequest.encode({ miner: idAddress(miner) })
  return talk('GET', '/ask', body, mk12AskResponse, endpoint)
}

async function talk<T>(
  method: 'GET' | 'POST',
  path: string,
  body: Uint8Array,
  answers: Codec<T>,
  endpoint: Endpoint,
): Promise<Told<T>> {
  const answer = await exchange(method, `${PATH}${path}`, body, endpoint)
  if (answer.kind !== 'answer') return answer
  const { status } = answer
  if (status !== 200) return { kind: kindOf(status), reason: wordsOf(status, answer.body) }
  try {
    return { kind: 'told', value: answers.decode(answer.body) }
  } catch (error) {
    if (!isStorageError(error, 'CBOR_INVALID')) throw error
    return { kind: 'unclear', reason: error.message }
  }
}

function kindOf(status: number): 'invalid' | 'absent' | 'busy' | 'unclear' {
  if (status === 429) return 'busy'
  // A redirect is not followed: whoever it leads to has not announced itself on chain.
  if ((status >= 300 && status < 400) || status === 404 || status === 405 || status === 501)
    return 'absent'
  if (status >= 400 && status < 500) return 'invalid'
  // Curio goes on with a deal that it answers 503 "timeout reading request" for.
  return 'unclear'
}

/** What a proxy or Curio wrote beside the status, as one line of plain text. */
function wordsOf(status: number, body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 400)).trim()
  const plain = /^[^<\p{Cc}]+$/u.test(text) ? `: ${text.slice(0, 200)}` : ''
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : ''
  return `HTTP ${status}${redirect}${plain}`
}
