/** Shapes of test/vectors/f05-cbor.json, as SOURCES.md there describes them. */
interface Address {
  readonly bytes: string
  readonly string: string
}

export interface Decoded {
  readonly pieceCid: string
  readonly pieceSize: string
  readonly verifiedDeal: boolean
  readonly client: Address
  readonly provider: Address
  readonly label: {
    readonly kind: 'text' | 'bytes'
    readonly text?: string
    readonly bytes?: string
  }
  readonly startEpoch: string
  readonly endEpoch: string
  readonly storagePricePerEpoch: string
  readonly providerCollateral: string
  readonly clientCollateral: string
}

export interface ValidProposal {
  readonly name: string
  readonly legal: boolean
  readonly decoded: Decoded
  readonly cbor: string
}

export interface ActorCall {
  readonly actor: 'f04' | 'f05' | 'miner'
  readonly name: string
  readonly method: string
  readonly direction: 'params' | 'return'
  readonly case: string
  readonly cbor: string
}

export interface Vectors {
  readonly methodNumbers: Readonly<Record<string, string>>
  readonly dealProposal: {
    readonly valid: readonly ValidProposal[]
    readonly invalid: readonly {
      readonly name: string
      readonly layer: 'codec' | 'non-canonical' | 'semantic'
      readonly code: string
      readonly rule?: 'market' | 'project'
      readonly cbor: string
    }[]
  }
  readonly authenticateMessage: {
    readonly acceptReturn: { readonly abi: string }
    readonly valid: readonly {
      readonly name: string
      readonly proposal: string
      readonly signature: string
      readonly calldata: string
    }[]
  }
  readonly marketNotifyDeal: {
    readonly valid: readonly {
      readonly name: string
      readonly proposal: string
      readonly dealId: string
      readonly calldata: string
    }[]
  }
  readonly rlePlus: {
    readonly valid: readonly {
      readonly name: string
      readonly ids?: readonly string[]
      readonly ranges?: readonly (readonly [string, string])[]
      readonly cbor: string
    }[]
    readonly invalid: readonly { readonly name: string; readonly bytes: string }[]
  }
  readonly actorCalls: readonly ActorCall[]
}
