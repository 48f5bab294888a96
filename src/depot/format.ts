/**
 * Whether a request for a root can be answered with its whole CAR, the only form in which a depot has it.
 * @see https://specs.ipfs.tech/http-gateways/trustless-gateway/
 */

/** `?format=car` outranks Accept; parts of a DAG are not cut out. */
export function isCarWanted(
  query: Readonly<Record<string, unknown>>,
  accept: string | undefined,
): boolean {
  const { format, 'dag-scope': scope, 'entity-bytes': part } = query
  if (part !== undefined || (scope !== undefined && scope !== 'all')) return false
  if (format !== undefined) return format === 'car'
  if (accept === undefined || accept.trim() === '') return true
  return accept.toLowerCase().split(',').some(isCarRange)
}

function isCarRange(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  if (!['*/*', 'application/*', 'application/vnd.ipld.car'].includes(type)) return false
  return parameters.every((parameter) => {
    if (parameter.startsWith('q=')) return Number(parameter.slice(2)) > 0
    return !parameter.startsWith('version=') || parameter === 'version=1'
  })
}
