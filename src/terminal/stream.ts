/** Where text for people goes: the little that this folder needs of a stream. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width in characters; undefined off a terminal. */
  readonly columns?: number
}

/** Colours only on a terminal that can, and never when the user said no (https://no-color.org). */
export function hasColour(stream: TextStream, env: NodeJS.ProcessEnv): boolean {
  const refused = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== ''
  return stream.isTTY === true && !refused && env['TERM'] !== 'dumb'
}
