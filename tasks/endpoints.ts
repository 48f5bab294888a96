/**
 * Which nodes a task asks, in this order: those of SEALIFT_RPC_<NETWORK> (URLs with commas between them; the word `public` stands for
 * the public ones), else the URL of hardhat.config.ts. Where that is a public node, the other public ones stand behind it; a URL of
 * one's own stands alone: who runs a node, or pays for one, decides what else is told.
 */
import type { HttpNetworkConfig } from 'hardhat/types/config'
import type { EndpointAddress } from '../src/chain/endpoints.ts'
import type { Network } from '../src/chain/networks.ts'
import { StorageError } from '../src/errors.ts'

const PUBLIC = 'public'

/** @param name As `--network` names it. Errors: ARGUMENT_INVALID for what is no URL. */
export async function endpointsFor(
  config: Pick<HttpNetworkConfig, 'url' | 'httpHeaders'>,
  { nodes }: Pick<Network, 'nodes'>,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<EndpointAddress[]> {
  const variable = `SEALIFT_RPC_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
  const stated = (env[variable] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (stated.length > 0) {
    const urls = stated.flatMap((part) => (part === PUBLIC ? nodes : [checked(part, variable)]))
    return unique(urls).map((url) => ({ url }))
  }
  const url = await config.url.getUrl()
  const first = { url, headers: config.httpHeaders }
  if (!nodes.includes(url)) return [first]
  return [first, ...nodes.filter((node) => node !== url).map((node) => ({ url: node }))]
}

function unique(urls: readonly string[]): string[] {
  return [...new Set(urls)]
}

/** The text may carry a token, so it is not shown. */
function checked(text: string, variable: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${variable} cannot be understood`,
    expected: `URLs that begin with http:// or https://, and the word ${PUBLIC}, with commas between them`,
  })
}
