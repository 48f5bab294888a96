/** The part of the address behind `#` as what is shown, and back. Pure. */
import type { Standing } from '../documents.ts'

export type Route =
  | {
      readonly view: 'deals'
      readonly q: string
      readonly standing: Standing | ''
      readonly page: number
    }
  | { readonly view: 'proposal'; readonly id: string }
  | { readonly view: 'money' }
  | { readonly view: 'depot'; readonly q: string; readonly page: number }
  | { readonly view: 'nowhere' }

const STANDINGS: ReadonlySet<string> = new Set(['waiting', 'partly', 'stored', 'attention', 'over'])

export function routeOf(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2)
  const query = new URLSearchParams(search)
  const q = query.get('q') ?? ''
  const page = Math.max(1, Math.trunc(Number(query.get('page') ?? 1)) || 1)
  const standing = query.get('standing') ?? ''
  const [, id] = /^\/proposal\/(0x[0-9a-f]{64})$/.exec(path) ?? []
  if (id !== undefined) return { view: 'proposal', id }
  if (path === '/money') return { view: 'money' }
  if (path === '/depot') return { view: 'depot', q, page }
  if (path !== '' && path !== '/') return { view: 'nowhere' }
  return {
    view: 'deals',
    q,
    page,
    standing: STANDINGS.has(standing) ? (standing as Standing) : '',
  }
}

export function hashOf(route: Route): string {
  switch (route.view) {
    case 'proposal':
      return `#/proposal/${route.id}`
    case 'money':
      return '#/money'
    case 'depot':
      return `#/depot${queryOf(route)}`
    default:
      return route.view === 'deals' ? `#/${queryOf(route)}` : '#/'
  }
}

/** Of what differs from the beginning of the whole list. */
export function queryOf(wanted: {
  readonly q: string
  readonly page: number
  readonly standing?: Standing | ''
}): string {
  const query = new URLSearchParams()
  if (wanted.q !== '') query.set('q', wanted.q)
  if (wanted.standing !== undefined && wanted.standing !== '')
    query.set('standing', wanted.standing)
  if (wanted.page > 1) query.set('page', String(wanted.page))
  return query.size === 0 ? '' : `?${query.toString()}`
}
