/** Tells open pages that something has changed (server-sent events); they ask for what they show. */
import type { ServerResponse } from 'node:http'
import type { DashboardState } from './state.ts'

/** A page that is open twenty times is a mistake. */
const MAX_PAGES = 20
/** Under the time after which browsers and the machine between give a silent connection up. */
const BEAT_MS = 15_000

export interface Audience {
  readonly size: () => number
  /** Whether there was room for one more. */
  admit(response: ServerResponse, headers: Readonly<Record<string, string>>): boolean
  close(): void
}

export function openAudience(state: DashboardState): Audience {
  const open = new Set<ServerResponse>()
  let revision = 0
  const stop = state.onChange(() => {
    revision += 1
    for (const response of open) response.write(`event: changed\ndata: ${revision}\n\n`)
  })
  const beat = setInterval(() => {
    for (const response of open) response.write(': still here\n\n')
  }, BEAT_MS)
  beat.unref()

  return {
    size: () => open.size,
    admit(response, headers) {
      if (open.size >= MAX_PAGES) return false
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' })
      response.write(`retry: 2000\nevent: changed\ndata: ${revision}\n\n`)
      open.add(response)
      response.once('close', () => open.delete(response))
      return true
    },
    close() {
      stop()
      clearInterval(beat)
      for (const response of open) response.end()
      open.clear()
    },
  }
}
