/** What a provider tells of what it sends, so that another process can go on with it. */

export interface SignedBytes {
  readonly hash: string
  /** 0x…, signed. */
  readonly raw: string
  /** 0x…, the account. */
  readonly from: string
  readonly nonce: number
}

/** Where signed bytes are written down before any node has them. */
export interface SentNotes {
  note(signed: SignedBytes): Promise<void>
  /** A receipt is there, of that block. */
  settle(hash: string, block?: number): Promise<void>
}
