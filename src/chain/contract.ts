/** What every port of a contract does with it: reads a view, sends a call, finds what a receipt says. */
import type { ContractRunner, Interface, LogDescription, Result } from 'ethers'
import { systemClock } from './clock.ts'
import { callNode } from './node.ts'
import { providerOf, send, type SendOptions, type Sent } from './send.ts'

/** `signal`, `timeoutMs`, `network` and `clock` for every call. */
export type ContractDefaults = Omit<SendOptions, 'value' | 'onSent'>

export interface Contract {
  /** @throws as `callNode`; what the contract refuses as `decodeRevert` says it */
  read(method: string, values?: readonly unknown[]): Promise<Result>
  /** @throws as `send` */
  write(method: string, values: readonly unknown[], options?: SendOptions): Promise<Sent>
  /** Of this contract, in the order of the receipt. */
  events(sent: Pick<Sent, 'receipt'>, name: string): LogDescription[]
}

/** @param runner A signer to send with; a provider is enough to read. */
export function openContract(
  address: string,
  runner: ContractRunner,
  abi: Interface,
  defaults: ContractDefaults = {},
): Contract {
  return {
    read(method, values = []) {
      const data = abi.encodeFunctionData(method, values)
      const call = async (): Promise<Result> =>
        abi.decodeFunctionResult(method, await callThere(runner, { to: address, data }, defaults))
      return callNode(method, call, defaults)
    },
    write(method, values, options) {
      const data = abi.encodeFunctionData(method, values)
      return send(runner, { to: address, data }, method, { ...defaults, ...options })
    },
    events: ({ receipt }, name) =>
      receipt.logs
        .filter((log) => log.address.toLowerCase() === address.toLowerCase())
        .map((log) => abi.parseLog(log))
        .filter((log) => log !== null)
        .filter((log) => log.name === name),
  }
}

/** Calls, and pauses between them: another of several nodes behind an address answers then. */
const LOOKS = 3
const PAUSE_MS = 500

/** What is called was deployed: a node that answers nothing may lag, and is asked again before anybody is told so. */
async function callThere(
  runner: ContractRunner,
  request: { readonly to: string; readonly data: string },
  { clock = systemClock, signal }: ContractDefaults,
): Promise<string> {
  for (let look = 1; ; look += 1) {
    const returned = await providerOf(runner).call(request)
    if (returned !== '0x' || look === LOOKS) return returned
    await clock.sleep(PAUSE_MS, signal)
  }
}
