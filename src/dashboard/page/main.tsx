import { render } from 'preact'
import { takeToken } from './api.ts'
import { App } from './app.tsx'

takeToken()
const place = document.getElementById('page')
if (place !== null) render(<App />, place)
