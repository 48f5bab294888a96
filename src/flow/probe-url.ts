/** What a URL answers, as facts: asked as providers ask, with a few kilobytes of traffic unless the commitment is wanted. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Fact, known, type Reach, type UrlFacts, unseen } from '../doctor/facts.ts'
import { StorageError, isStorageError } from '../errors.ts'
import { commitmentOf } from '../piece/commitment.ts'
import { pieceCidV1 } from '../piece/piece-cid.ts'
import { openCar } from '../provider/car-header.ts'
import { isPrivateHost } from '../chain/private-host.ts'
import { type Answer, NoAnswer, openBody, probe, type ProbeOptions } from './probe-http.ts'

/** Bytes: the header of any usual CAR. */
const HEAD_SAMPLE = 8 * 1024
/** Bytes. */
const MIDDLE_SAMPLE = 4 * 1024
/** Milliseconds: as long as Boost gives a download. */
const COMMITMENT_DEADLINE_MS = 24 * 3_600_000

export interface UrlQuestion {
  readonly text: string
  /** Raw bytes that it should serve, where that is known. */
  readonly size?: number | undefined
  /** Piece CID v1 that they should have. */
  readonly pieceCid?: string | undefined
  /** Download all of it and compute its commitment. */
  readonly commitment?: boolean | undefined
  /** The piece's own bytes, to compare samples with. */
  readonly own?: ((start: number, end: number) => Promise<Uint8Array>) | undefined
}

export interface UrlProbeOptions extends ProbeOptions {
  /** Addresses of a name; the system's resolver by default. */
  readonly resolve?: ((name: string) => Promise<readonly string[]>) | undefined
}

/** Never fails but with ABORTED: what cannot be looked at is unknown. */
export async function probeUrl(
  question: UrlQuestion,
  options: UrlProbeOptions = {},
): Promise<UrlFacts> {
  const { text, size, pieceCid } = question
  const blank = { text, size, pieceCid, ours: undefined, commitment: undefined }
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) {
    const why = unseen<never>('it is no URL that can be asked')
    return { ...blank, addresses: why, reach: undefined, head: why, range: why, car: why }
  }
  const { hostname, username, password } = new URL(text)
  const addresses = addressesOf(hostname, options)
  if (username !== '' || password !== '') {
    const why = unseen<never>('a URL with a user name or password is not asked')
    const reach: Reach = { ok: false, kind: 'other', why: 'it carries a user name or password' }
    return { ...blank, addresses: await addresses, reach, head: why, range: why, car: why }
  }
  const head = await ask(text, { method: 'HEAD', most: 0 }, options)
  if (head instanceof NoAnswer) {
    const why = unseen<never>('nothing answered')
    const reach: Reach = { ok: false, kind: head.kind, why: head.message }
    return { ...blank, addresses: await addresses, reach, head: why, range: why, car: why }
  }
  const length = head.headers.get('content-length') ?? undefined
  const total = size ?? (length === undefined ? undefined : Number(length))
  const start = await ask(
    text,
    { method: 'GET', range: `bytes=0-${HEAD_SAMPLE - 1}`, most: HEAD_SAMPLE },
    options,
  )
  const middle = total === undefined || total < 1 ? undefined : middleOf(total)
  const range = middle && (await rangeAt(text, middle, options))
  return {
    ...blank,
    addresses: await addresses,
    // A server that answers HEAD alone serves nobody.
    reach:
      start instanceof NoAnswer
        ? { ok: false, kind: start.kind, why: `HEAD is answered, GET is not: ${start.message}` }
        : { ok: true },
    head: known({
      status: head.status,
      length,
      encoding: head.headers.get('content-encoding') ?? undefined,
      redirects: head.redirects,
    }),
    range: range?.fact ?? unseen('the size is not known, so there is no middle to ask for'),
    car: await carIn(start),
    ours: question.own && (await isOurs(question.own, start, middle, range?.body)),
    commitment:
      question.commitment === true ? await commitmentServed(text, size, options.signal) : undefined,
  }
}

async function ask(
  url: string,
  request: Parameters<typeof probe>[1],
  options: ProbeOptions,
): Promise<Answer | NoAnswer> {
  try {
    return await probe(url, request, options)
  } catch (error) {
    if (error instanceof NoAnswer) return error
    throw error
  }
}

async function addressesOf(
  hostname: string,
  { resolve = resolveName }: UrlProbeOptions,
): Promise<UrlFacts['addresses']> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0)
    return known([{ address: literal, inside: isPrivateHost(literal), literal: true }])
  try {
    const found = await resolve(hostname)
    return known(
      found.map((address) => ({ address, inside: isPrivateHost(address), literal: false })),
    )
  } catch (error) {
    return unseen(`${hostname} does not resolve here: ${wordsOf(error)}`)
  }
}

async function resolveName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

interface Stretch {
  /** Inclusive. */
  readonly first: number
  readonly last: number
}

function middleOf(size: number): Stretch {
  const first = Math.floor(size / 2)
  return { first, last: Math.min(first + MIDDLE_SAMPLE, size) - 1 }
}

async function rangeAt(
  url: string,
  { first, last }: Stretch,
  options: ProbeOptions,
): Promise<{ fact: UrlFacts['range']; body: Uint8Array | undefined }> {
  const range = `bytes=${first}-${last}`
  // One byte more than was asked for shows a server that sends too much.
  const answer = await ask(url, { method: 'GET', range, most: last - first + 2 }, options)
  if (answer instanceof NoAnswer) return { fact: unseen(answer.message), body: undefined }
  const { status, headers, body } = answer
  const fact = known({
    first,
    last,
    status,
    contentRange: headers.get('content-range') ?? undefined,
    length: body.length,
    encoding: headers.get('content-encoding') ?? undefined,
  })
  return { fact, body: status === 206 ? body : undefined }
}

async function carIn(start: Answer | NoAnswer): Promise<UrlFacts['car']> {
  if (start instanceof NoAnswer) return unseen(start.message)
  if (start.status !== 200 && start.status !== 206)
    return unseen(`GET is answered with status ${start.status}`)
  try {
    return known((await openCar(once(start.body))).version)
  } catch (error) {
    if (isStorageError(error, 'CAR_INVALID')) return known(undefined)
    throw error
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function isOurs(
  own: NonNullable<UrlQuestion['own']>,
  start: Answer | NoAnswer,
  middle: Stretch | undefined,
  body: Uint8Array | undefined,
): Promise<Fact<boolean>> {
  if (start instanceof NoAnswer) return unseen(start.message)
  if (start.status !== 200 && start.status !== 206)
    return unseen(`GET is answered with status ${start.status}`)
  try {
    const samples: [Uint8Array, Uint8Array][] = [[start.body, await own(0, start.body.length)]]
    if (middle !== undefined && body !== undefined)
      samples.push([body, await own(middle.first, middle.last + 1)])
    return known(samples.every(([served, mine]) => Buffer.compare(served, mine) === 0))
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED') throw error
    return unseen(error.message)
  }
}

async function commitmentServed(
  url: string,
  size: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Fact<string>> {
  const deadline = AbortSignal.timeout(COMMITMENT_DEADLINE_MS)
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  try {
    const { root } = await commitmentOf(upTo(await openBody(url, stop), size), { signal: stop })
    return known(pieceCidV1({ root }))
  } catch (error) {
    if (signal?.aborted === true)
      throw new StorageError('ABORTED', { what: 'the download was interrupted', cause: error })
    return unseen(`the download broke off: ${wordsOf(error)}`)
  }
}

/** More than was promised is wrong already, and may never end. */
async function* upTo(
  bytes: AsyncIterable<Uint8Array>,
  size: number | undefined,
): AsyncGenerator<Uint8Array> {
  let got = 0
  for await (const chunk of bytes) {
    got += chunk.length
    if (size !== undefined && got > size)
      throw new StorageError('PIECE_MISMATCH', {
        what: 'more bytes come than the piece has',
        expected: size,
      })
    yield chunk
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
