using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using BootDepot.Netboot.Process;

namespace BootDepot.EndToEnd.Tests.Machines;

/// <summary>The netboot server as a process in a <see cref="MachineNetwork"/>.</summary>
public sealed class NetbootServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _records = new();
    private readonly Task _reading;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NetbootServer(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Its boot records and HTTP requests, as many as it told.</summary>
    public IReadOnlyList<string> Records => [.. _records];

    /// <summary>Starts it, and waits until it serves.</summary>
    public static async Task<NetbootServer> StartAsync(MachineNetwork network, ServerPlan plan)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "BootDepot.Netboot.Process");
        var server = new NetbootServer(network.Run(program));
        await server._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan));
        await server._ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return server;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await MachineNetwork.StopAsync(_process);
        await _reading;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
                _ready.TrySetResult();
            else
                _records.Enqueue(line);
        }

        _ready.TrySetException(new InvalidOperationException("The netboot server ended: " + string.Join('\n', _records.Take(20))));
    }
}
