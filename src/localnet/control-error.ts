/** Why a control cannot do what it was asked, where no actor has answered with an exit code. */
const CODES = {
  NOT_A_LOCALNET: 'the node is not a localnet',
  DEAL_ACTIVE: 'the deal is active',
  DEAL_NOT_ACTIVE: 'the deal is not active',
  START_PASSED: 'the start epoch of the deal has passed',
  MINER_UNKNOWN: 'no miner has this id',
  WORKER_UNKNOWN: 'the worker of a miner has no 0x address',
  CLIENT_REFUSED: 'the client contract does not give the proposal',
} as const

export type ControlErrorCode = keyof typeof CODES

export class ControlError extends Error {
  readonly code: ControlErrorCode

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ControlError'
    this.code = code
  }
}
