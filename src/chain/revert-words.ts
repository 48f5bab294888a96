/** What a contract's error says, before it is an error of ours. */
import type { Result } from 'ethers'
import type { ErrorCode } from '../errors.ts'

export interface Words {
  readonly code: ErrorCode
  readonly what: string
  readonly expected?: string | bigint
  readonly got?: string | bigint
  readonly hint?: string
  /** Task and arguments of the next command. */
  readonly next?: string
}

export type Describe = (values: Result) => Words

type More = Omit<Words, 'code' | 'what'>

export function refused(what: string, more: More = {}): Words {
  return { code: 'CONTRACT_REFUSED', what, ...more }
}

export function term(what: string, more: More = {}): Words {
  return { code: 'TERM_INVALID', what, ...more }
}
