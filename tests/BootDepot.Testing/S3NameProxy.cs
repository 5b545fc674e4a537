using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace BootDepot.Testing;

/// <summary>
/// An HTTP proxy (nginx) by which every name is the test's S3 server: so buckets can be parts of the host's name without a resolver that
/// knows them. A process is told of it by the environment variable <c>http_proxy</c>.
/// </summary>
public sealed class S3NameProxy : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Process _nginx;

    private S3NameProxy(S3Server server)
    {
        var port = FreePorts.Find();
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        File.WriteAllText(_folder["nginx.conf"], $$"""
            pid nginx.pid; error_log stderr error;
            events {}
            http {
              log_format n '$http_host $request_method $status'; access_log {{_folder["names.log"]}} n;
              client_max_body_size 0; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
              server {
                listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}};
                location / { proxy_pass {{server.Endpoint.GetLeftPart(UriPartial.Authority)}}; proxy_set_header Host $http_host; proxy_request_buffering off; proxy_buffering off; }
              }
            }
            """);
        _nginx = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-p", _folder.Path, "-c", _folder["nginx.conf"], "-g", "daemon off;"]) { UseShellExecute = false })!;
    }

    /// <summary>Where it answers.</summary>
    public Uri Url { get; }

    /// <summary>Starts one.</summary>
    public static async Task<S3NameProxy> StartAsync(S3Server server)
    {
        var proxy = new S3NameProxy(server);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(proxy.Url.Host, proxy.Url.Port);
                return proxy;
            }
            catch (SocketException) when (!proxy._nginx.HasExited)
            {
                await Task.Delay(20); // not up yet
            }
        }
    }

    /// <summary>What was asked for: a line <c>HOST METHOD STATUS</c> per request.</summary>
    public async Task<string> RequestsAsync() => await File.ReadAllTextAsync(_folder["names.log"]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _nginx.Kill(entireProcessTree: true);
        await _nginx.WaitForExitAsync();
        _nginx.Dispose();
        _folder.Dispose();
    }
}
