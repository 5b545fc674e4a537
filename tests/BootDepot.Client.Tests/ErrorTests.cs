using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.FakeMaas;
using Microsoft.Extensions.Logging;

namespace BootDepot.Client.Tests;

/// <summary>Table B7 and line 4 of B11: errors are typed and hold no secret; refusals that pass are retried.</summary>
public sealed class ErrorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, typeof(MaasBadRequestException))]
    [InlineData(401, typeof(MaasUnauthorizedException))]
    [InlineData(403, typeof(MaasForbiddenException))]
    [InlineData(404, typeof(MaasNotFoundException))]
    [InlineData(409, typeof(MaasConflictException))]
    [InlineData(412, typeof(MaasPreconditionFailedException))]
    [InlineData(413, typeof(MaasContentTooLargeException))]
    [InlineData(429, typeof(MaasTooManyRequestsException))]
    [InlineData(503, typeof(MaasUnavailableException))]
    [InlineData(507, typeof(MaasInsufficientStorageException))]
    [InlineData(500, typeof(MaasApiException))]
    [InlineData(302, typeof(MaasApiException))]
    public async Task Each_status_has_its_type(int status, Type type)
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38, o => o with { Retry = MaasRetryOptions.None });
        maas.Server.Intercept = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.Body.WriteAsync("why"u8.ToArray(), Ct);
            return true;
        };
        var error = await Should.ThrowAsync<MaasApiException>(() => maas.Client.BootResources.StartImportAsync(Ct));
        error.ShouldBeOfType(type);
        (error.Method, (int)error.StatusCode, error.Content, error.RetryAfter).ShouldBe((HttpMethod.Post, status, "why", TimeSpan.FromSeconds(7)));
        error.RequestUri.PathAndQuery.ShouldBe("/MAAS/api/2.0/boot-resources/?op=import");
        error.Message.ShouldStartWith($"POST {maas.Server.Url}api/2.0/boot-resources/?op=import -> HTTP {status} ");
        error.Message.ShouldEndWith(": why");
    }

    [Fact]
    public async Task Line_4_no_exception_and_no_log_holds_the_secret_even_if_the_server_prints_it()
    {
        var log = new Lines();
        using var factory = new LoggerFactory([log]);
        await using var maas = await Connected.ToAsync(MaasEra.V38, o => o with { LoggerFactory = factory });
        maas.Server.Intercept = async context =>
        {
            context.Response.StatusCode = 401;
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"Expected signature base string: {FakeMaas.FakeMaas.Secret}"), Ct);
            return true;
        };
        var error = await Should.ThrowAsync<MaasUnauthorizedException>(() => maas.Client.Users.WhoAmIAsync(Ct));
        error.ToString().ShouldNotContain(FakeMaas.FakeMaas.Secret);
        error.Content.ShouldBe("Expected signature base string: ***");
        log.All.ShouldNotBeEmpty();
        string.Join('\n', log.All).ShouldNotContain(FakeMaas.FakeMaas.Secret);
        maas.Client.ApiKey!.ToString().ShouldNotContain(FakeMaas.FakeMaas.Secret);
        $"{maas.Client.ApiKey} {new MaasNamedKey("n", maas.Client.ApiKey)}".ShouldNotContain(FakeMaas.FakeMaas.Secret);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(409)]
    [InlineData(429)]
    public async Task W25_refusals_with_Retry_After_are_sent_again_up_to_4_times(int status)
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var left = 4;
        maas.Server.Intercept = context =>
        {
            if (left-- <= 0)
                return Task.FromResult(false);
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        };
        await maas.Client.BootResources.StartImportAsync(Ct);
        maas.Server.Requests.Count.ShouldBe(5);
        left = 5;
        (await Should.ThrowAsync<MaasApiException>(() => maas.Client.BootResources.StartImportAsync(Ct))).StatusCode.ShouldBe((HttpStatusCode)status);
    }

    [Fact]
    public async Task A_refusal_without_Retry_After_is_repeated_for_reads_only()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        maas.Server.Intercept = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        await Should.ThrowAsync<MaasUnavailableException>(() => maas.Client.BootResources.StartImportAsync(Ct));
        maas.Server.Requests.Count.ShouldBe(1);
        await Should.ThrowAsync<MaasUnavailableException>(() => maas.Client.BootResources.ListAsync(cancellationToken: Ct));
        maas.Server.Requests.Count.ShouldBe(1 + 5);
    }

    [Fact]
    public async Task A_lost_reply_is_repeated_for_reads_only()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        var cuts = 2;
        maas.Server.Intercept = context =>
        {
            if (cuts-- <= 0)
                return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        (await maas.Client.BootResources.ListAsync(cancellationToken: Ct)).Count.ShouldBe(1);
        cuts = 1;
        await Should.ThrowAsync<HttpRequestException>(() => maas.Client.BootSources.CreateAsync(new BootSourceSpec { Url = "http://x/" }, Ct));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_ends_at_the_time_limit()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38, o => o with { Timeout = TimeSpan.FromMilliseconds(50), Retry = MaasRetryOptions.None });
        maas.Server.Intercept = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        (await Should.ThrowAsync<HttpRequestException>(() => maas.Client.BootResources.ListAsync(cancellationToken: Ct))).Message.ShouldContain("no answer within");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(10));
        await Should.ThrowAsync<OperationCanceledException>(() => maas.Client.BootResources.ListAsync(cancellationToken: stop.Token));
    }

    [Fact]
    public async Task What_is_not_JSON_is_a_remote_error()
    {
        await using var maas = await Connected.ToAsync(MaasEra.V38);
        maas.Server.Intercept = async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.Body.WriteAsync("<html>"u8.ToArray(), Ct);
            return true;
        };
        (await Should.ThrowAsync<MaasRemoteException>(() => maas.Client.BootResources.ListAsync(cancellationToken: Ct))).Message.ShouldContain("text/html");
        (await Should.ThrowAsync<MaasRemoteException>(() => maas.Client.GetDescriptionAsync(Ct))).Message.ShouldContain("Expected application/json, got: text/html");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(state, exception));
    }
}
