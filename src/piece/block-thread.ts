/** A thread that hashes blocks. */
import { answerTasks } from '../threads/answer.ts'
import { hashBlock } from './block-task.ts'

answerTasks(hashBlock)
