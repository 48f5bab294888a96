/** A transaction in the words of JSON-RPC. */
import { Transaction } from 'ethers'

/** As a node describes a transaction of its message pool. */
export function pendingForm(raw: string): unknown {
  const known = Transaction.from(raw)
  return {
    hash: known.hash,
    blockHash: null,
    blockNumber: null,
    input: known.data,
    nonce: quantity(known.nonce),
    from: known.from,
    to: known.to,
    chainId: quantity(known.chainId),
    value: quantity(known.value),
    ...(known.maxFeePerGas === null
      ? { gasPrice: quantity(known.gasPrice) }
      : {
          maxFeePerGas: quantity(known.maxFeePerGas),
          maxPriorityFeePerGas: quantity(known.maxPriorityFeePerGas),
        }),
  }
}

/** 0x…, without leading zeros; null is 0. */
export function quantity(amount: bigint | number | null): string {
  return `0x${BigInt(amount ?? 0).toString(16)}`
}
