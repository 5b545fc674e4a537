using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Rack.Tests.Netboot.Rig;

/// <summary>An HTTP client that follows no redirect and ends with its test.</summary>
public sealed class RigHttp(Uri server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, Cancel);

    public Task<string> GetStringAsync(string path) => _http.GetStringAsync(path, Cancel);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, Cancel);

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content) => _http.PostAsync(path, content, Cancel);

    public Task<HttpResponseMessage> DeleteAsync(string path) => _http.DeleteAsync(path, Cancel);

    public void Dispose() => _http.Dispose();
}
