// Drives a region's tus endpoint with tus-js-client: create, stop half-way, find the offset, go on, terminate.
// Arguments: endpoint, API key, file. Prints a line per step.
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { Upload } from 'tus-js-client'

const [endpoint, key, path] = process.argv.slice(2)
const [consumer, token, secret] = key.split(':')
const bytes = readFileSync(path)

// A nonce works once, so each request is signed anew.
function sign(request) {
  request.setHeader('Authorization', `OAuth oauth_nonce="${randomUUID().replaceAll('-', '')}", `
    + `oauth_timestamp="${Math.floor(Date.now() / 1000)}", oauth_version="1.0", oauth_signature_method="PLAINTEXT", `
    + `oauth_consumer_key="${consumer}", oauth_token="${token}", oauth_signature="%26${secret}"`)
}

function run(name, options, stopAt = Infinity) {
  return new Promise((resolve, reject) => {
    const seen = { first: null, requests: [] }
    const upload = new Upload(bytes, {
      endpoint,
      chunkSize: 1_000_000,
      retryDelays: [100, 500, 1000],
      metadata: { name, architecture: 'amd64/generic', filename: 'image.tgz' },
      onBeforeRequest: (request) => {
        seen.requests.push(request.getMethod())
        if (request.getMethod() === 'PATCH') seen.first ??= Number(request.getHeader('Upload-Offset'))
        sign(request)
      },
      onChunkComplete: (size, accepted) => {
        if (accepted >= stopAt) upload.abort().then(() => resolve({ upload, ...seen, accepted }), reject)
      },
      onSuccess: () => resolve({ upload, ...seen, accepted: bytes.length }),
      onError: reject,
      ...options,
    })
    upload.start()
  })
}

const half = await run('custom/tus-js', {}, 4_500_000)
console.log('stopped after', half.accepted)
const rest = await run('custom/tus-js', { uploadUrl: half.upload.url })
console.log('went on at', rest.first, rest.requests[0])
console.log('done', rest.accepted)
const whole = await run('custom/tus-js-creation', { uploadDataDuringCreation: true, chunkSize: 3_000_000 })
console.log('with creation', whole.first)
const doomed = await run('custom/tus-js-gone', {}, 1_000_000)
await Upload.terminate(doomed.upload.url, { onBeforeRequest: sign })
console.log('terminated')
await run('custom/tus-js-gone', { uploadUrl: doomed.upload.url, endpoint: null, retryDelays: null })
  .then(() => console.log('still there'), (error) => console.log('gone:', error.originalResponse.getStatus()))
await run('nonsense name/with/slashes', { retryDelays: null })
  .then(() => console.log('accepted'), (error) => console.log('refused:', error.originalResponse.getStatus()))
