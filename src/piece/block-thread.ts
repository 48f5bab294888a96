/** A thread that hashes blocks. */
import { answerTasks } from '../threads/answer.ts'
import { blockWork } from './block-task.ts'

answerTasks(blockWork())
