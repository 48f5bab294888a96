/** How tasks declare what they take. */
import { ArgumentType } from 'hardhat/types/arguments'
import { options } from './messages.ts'

/** An option that may be left out; its help states what happens then. */
export function maybe<const Name extends string>(name: Name, description: string) {
  const type = ArgumentType.STRING_WITHOUT_DEFAULT
  return { name, description, type, defaultValue: undefined } as const
}

/** An option whose default Hardhat shows. */
export function preset<const Name extends string>(
  name: Name,
  description: string,
  defaultValue: string,
) {
  return { name, description, type: ArgumentType.STRING, defaultValue } as const
}

export const json = { name: 'json', description: options.json } as const
export const depot = maybe('depot', options.depot)
export const contract = maybe('contract', options.contract)
