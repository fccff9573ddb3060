// Loaded before a server's own program: tells whoever started the process how much CPU time it has used, in microseconds.
// A channel that does not keep the process alive is all that a server has of it. Whoever is gone leaves no server behind.

process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
process.channel?.unref()
