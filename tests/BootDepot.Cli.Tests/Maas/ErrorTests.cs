using System.Threading.Tasks;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Tables A5 and A6: what an error looks like, on which stream, with which exit code.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("", "usage: maas [-h] COMMAND ...")]
    [InlineData("admin", "usage: maas admin [-h] COMMAND ...")]
    [InlineData("admin boot-sources", "usage: maas admin boot-sources [-h] COMMAND ...")]
    public async Task Stopping_early_shows_the_help_of_that_level_and_too_few_arguments(string words, string usage)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync(words.Split(' ', System.StringSplitOptions.RemoveEmptyEntries));
        (result.Code, result.Out).ShouldBe((2, ""));
        result.Error.ShouldStartWith(usage);
        result.Error.ShouldEndWith("\n\ntoo few arguments\n");
    }

    [Theory]
    [InlineData("-h", "usage: maas [-h]")]
    [InlineData("--help", "usage: maas [-h]")]
    [InlineData("login -h", "usage: maas login [-h]")]
    [InlineData("list --help", "usage: maas list [-h]")]
    [InlineData("admin -h", "usage: maas admin [-h]")]
    [InlineData("admin boot-sources --help", "usage: maas admin boot-sources [-h]")]
    [InlineData("admin boot-source read -h", "usage: maas admin boot-source read [-h] [-d] [-k] id")]
    public async Task Help_is_on_standard_output_at_every_level(string words, string usage)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync(words.Split(' '));
        (result.Code, result.Error).ShouldBe((0, ""));
        result.Out.ShouldStartWith(usage);
    }

    [Theory]
    [InlineData("admin boot-sources read extra=1")]
    [InlineData("admin boot-source delete 1 --nonsense")]
    [InlineData("list extra")]
    public async Task Words_too_many_show_the_help_of_the_top_level(string words)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync(words.Split(' '));
        (result.Code, result.Out).ShouldBe((2, ""));
        result.Error.ShouldStartWith("usage: maas [-h] COMMAND ...");
        result.Error.ShouldContain("\n\nunrecognized arguments: ");
    }

    [Theory]
    [InlineData("admin nonsense read", "argument COMMAND: invalid choice: 'nonsense' (choose from 'account', 'boot-resource', ")]
    [InlineData("admin boot-sources cre", "argument COMMAND: invalid choice: 'cre' (choose from 'create', 'read')")]
    [InlineData("admin boot-source read", "the following arguments are required: id\n")]
    [InlineData("admin boot-source update", "the following arguments are required: id, data\n")]
    [InlineData("admin boot-sources read extra=1", "unrecognized arguments: extra=1\n")]
    [InlineData("admin boot-sources read --nonsense", "unrecognized arguments: --nonsense\n")]
    [InlineData("admin boot-resource read 1 2 3", "unrecognized arguments: 2 3\n")]
    public async Task Usage_errors_show_help_a_blank_line_and_the_reason_with_exit_code_2(string words, string reason)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync(words.Split(' '));
        (result.Code, result.Out).ShouldBe((2, ""));
        result.Error.ShouldStartWith("usage: maas ");
        result.Error.ShouldContain("\n\n" + reason);
        maas.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bad_data_word_exits_1_without_help()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-sources", "create", "foo"))
            .ShouldBe(new CliResult(1, "", "'foo' is not a name=value or name@=filename pair\n"));
    }

    [Fact]
    public async Task A_missing_file_shows_the_top_help_and_errno_2()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        foreach (var command in new[] { "boot-sources", "boot-resources" })
        {
            var result = await cli.RunAsync("admin", command, "create", "keyring_data@=/nonexist", "content@=/nonexist");
            (result.Code, result.Out).ShouldBe((2, ""));
            result.Error.ShouldStartWith("usage: maas [-h]");
            result.Error.ShouldEndWith("\n\n[Errno 2] No such file or directory: '/nonexist'\n");
        }

        var relative = await cli.RunAsync("admin", "boot-resources", "create", "content@=./nonexist");
        relative.Error.ShouldEndWith($"\n\n[Errno 2] No such file or directory: './nonexist' ({cli.Home}/nonexist)\n");
        maas.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_connection_shows_the_top_help_and_errno_111()
    {
        Cli cli;
        await using (var maas = await FakeMaas.FakeMaas.StartAsync())
            cli = await Cli.LoggedInAsync(maas);
        using (cli)
        {
            var result = await cli.RunAsync("admin", "boot-resources", "read");
            (result.Code, result.Out).ShouldBe((2, ""));
            result.Error.ShouldStartWith("usage: maas [-h]");
            result.Error.ShouldEndWith("\n\n[Errno 111] Connection refused\n");
            cli.Environment["MAAS_CLI_VERBOSE_ERRORS"] = "1";
            (await cli.RunAsync("admin", "boot-resources", "read")).Error.ShouldContain("HttpRequestException");
        }
    }

    [Fact]
    public async Task An_upload_without_content_says_so_on_standard_output()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("admin", "boot-resources", "create", "name=x")).ShouldBe(new CliResult(2, "Missing content.\n", ""));
    }

    [Fact]
    public async Task Content_without_the_at_sign_says_to_use_it()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync("admin", "boot-resources", "create", "name=x", "content=./f");
        result.Code.ShouldBe(2);
        result.Error.ShouldContain("content@=./f");
    }

    [Fact]
    public async Task A_forgotten_profile_name_is_explained()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var result = await cli.RunAsync("boot-resources", "read");
        result.Code.ShouldBe(2);
        result.Error.ShouldContain("argument COMMAND: invalid choice: 'boot-resources' (choose from 'login', ");
        result.Error.ShouldContain("no profile name stands before it");
        result.Error.ShouldContain("maas admin boot-resources");
    }

    [Fact]
    public async Task Ctrl_C_exits_1_in_silence()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        using var interrupt = new System.Threading.CancellationTokenSource();
        cli.Interrupted = interrupt.Token;
        maas.Intercept = async context =>
        {
            await interrupt.CancelAsync();
            await Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        (await cli.RunAsync("admin", "boot-resources", "read")).ShouldBe(new CliResult(1, "", ""));
    }
}
