/**
 * Through what the controls speak to a Filecoin: a Hardhat connection's provider, or one that reaches a served localnet.
 */

/** EIP-1193. */
export interface Provider {
  request(request: { method: string; params?: unknown[] }): Promise<unknown>
}

/** A number as JSON-RPC takes it. */
export function quantity(value: bigint): string {
  return `0x${value.toString(16)}`
}
