"""The pages of a run on a local web server, live while it grades; for staff.

It looks at a folder of reports and at nothing else, and writes nothing there or
anywhere. No student's code and no torch comes near it. Who asks must know the
secret in the link, and everything that is answered says to the browser what it
may do with it. FastAPI and uvicorn are an extra and are imported when it starts.

- What there is to see: `lookout` looks, `rows` keeps what has changed since when, `files` opens
  what may be read.
- How it is told: `page` makes the live page, `app` answers, `guard` lets in, `server` runs it all.
"""
