/** What the page asks the server, anew whenever the server says that something changed. */
import { useEffect, useState } from 'preact/hooks'
import type { ActionKind } from '../documents.ts'

const TOKEN = 'sealift-token'

/** Takes the token out of the address, so that it stands in no history and no screenshot; this tab alone keeps it. */
export function takeToken(): void {
  const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? []
  if (token === undefined) return
  sessionStorage.setItem(TOKEN, token)
  history.replaceState(null, '', '#/')
}

export function hasToken(): boolean {
  return sessionStorage.getItem(TOKEN) !== null
}

/** Undefined when it was taken up, else why it was not. */
export async function order(action: ActionKind, proposalId: string): Promise<string | undefined> {
  const response = await fetch('/api/actions', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ''}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ action, proposalId }),
  })
  return response.ok ? undefined : await messageOf(response)
}

async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json().catch(() => ({}))) as { message?: unknown }
  return typeof message === 'string' ? message : `status ${response.status}`
}

export interface Asked<T> {
  /** The last that came; kept while a newer one is asked for. */
  readonly data: T | undefined
  readonly failure: string | undefined
}

export function useApi<T>(path: string, revision: number): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { readonly path: string }>({
    path,
    data: undefined,
    failure: undefined,
  })
  useEffect(() => {
    const stop = new AbortController()
    const ask = async (): Promise<void> => {
      const response = await fetch(path, { signal: stop.signal })
      const answer = response.ok
        ? { data: (await response.json()) as T, failure: undefined }
        : { data: undefined, failure: await messageOf(response) }
      if (!stop.signal.aborted) setAsked({ path, ...answer })
    }
    // The server is away, or another question came first: what is known stays.
    ask().catch(() => undefined)
    return () => stop.abort()
  }, [path, revision])
  return asked
}

export interface Live {
  /** Grows whenever there is something new. */
  readonly revision: number
  /** Whether the server is there. */
  readonly isConnected: boolean
}

export function useLive(): Live {
  const [live, setLive] = useState<Live>({ revision: 0, isConnected: true })
  useEffect(() => {
    const events = new EventSource('/api/events')
    events.addEventListener('changed', () =>
      setLive(({ revision }) => ({ revision: revision + 1, isConnected: true })),
    )
    events.addEventListener('error', () => setLive((before) => ({ ...before, isConnected: false })))
    return () => events.close()
  }, [])
  return live
}

/** Now, every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

export function useHash(): string {
  const [hash, setHash] = useState(() => location.hash)
  useEffect(() => {
    const read = (): void => setHash(location.hash)
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return hash
}
