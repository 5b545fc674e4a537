using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace BootDepot.Cli.Tests.Maas;

/// <summary>Tables A2 and A3: account commands and the profile store.</summary>
public sealed class AccountTests
{
    [Theory]
    [InlineData("/MAAS")]
    [InlineData("/MAAS/")]
    [InlineData("/MAAS/api/2.0")]
    public async Task Login_stores_the_completed_address_and_says_where_to_go_on(string path)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        var login = await cli.RunAsync("login", "p", maas.Origin + path, FakeMaas.FakeMaas.Key);
        login.Code.ShouldBe(0, login.Error);
        login.Out.ShouldStartWith("\n");
        login.Out.ShouldContain("maas p --help");
        login.Out.ShouldEndWith("\n\n");
        login.Out.Split('\n').ShouldAllBe(l => l.Length <= 70);
        (await cli.RunAsync("list")).Out.ShouldBe($"p {maas.Url}api/2.0/ {FakeMaas.FakeMaas.Key}\n");
        maas.Lines.ShouldBe(["GET /MAAS/api/2.0/users/?op=whoami", "GET /MAAS/api/2.0/describe/"]);
    }

    [Fact]
    public async Task Login_reads_the_key_from_standard_input_for_a_dash()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli { Input = "  " + FakeMaas.FakeMaas.Key + " \nmore" };
        (await cli.RunAsync("login", "p", maas.Url, "-")).Code.ShouldBe(0);
        (await cli.RunAsync("list")).Out.ShouldContain(FakeMaas.FakeMaas.Key);
    }

    [Fact]
    public async Task Login_asks_for_an_absent_key()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli { Secret = FakeMaas.FakeMaas.Key };
        (await cli.RunAsync("login", "p", maas.Url)).Code.ShouldBe(0);
        (await cli.RunAsync("list")).Out.ShouldContain(FakeMaas.FakeMaas.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Login_with_a_blank_key_is_anonymous_and_unchecked(string key)
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        (await cli.RunAsync("login", "anon", maas.Url, key)).Code.ShouldBe(0);
        (await cli.RunAsync("list")).Out.ShouldBe($"anon {maas.Url}api/2.0/\n");
        maas.Lines.ShouldBe(["GET /MAAS/api/2.0/describe/"]);
    }

    [Fact]
    public async Task W18_an_anonymous_profile_sees_only_what_is_open_to_all()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        await cli.RunAsync("login", "anon", maas.Url, "");
        var refused = await cli.RunAsync("anon", "boot-sources", "read");
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("argument COMMAND: invalid choice: 'boot-sources' (choose from 'version')");
        (await cli.RunAsync("anon", "version", "read")).Out.ShouldContain("capabilities");
    }

    [Fact]
    public async Task A_rejected_key_exits_1_and_stores_nothing()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        var refused = await cli.RunAsync("login", "p", maas.Url, "a:b:c");
        refused.ShouldBe(new CliResult(1, "", "The MAAS server rejected your API key.\n"));
        (await cli.RunAsync("list")).ShouldBe(new CliResult(0, "", ""));
    }

    [Fact]
    public async Task An_unexpected_status_at_login_exits_1()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        maas.Intercept = context =>
        {
            context.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        using var cli = new Cli();
        (await cli.RunAsync("login", "p", maas.Url, FakeMaas.FakeMaas.Key))
            .ShouldBe(new CliResult(1, "", "The MAAS server gave an unexpected response: 500\n"));
    }

    [Fact]
    public async Task Malformed_credentials_exit_2_with_help()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        var refused = await cli.RunAsync("login", "p", maas.Url, "a:b");
        refused.Code.ShouldBe(2);
        refused.Error.ShouldStartWith("usage: maas ");
        refused.Error.ShouldEndWith("Malformed credentials string.  Expected 3 colon-separated items, got 'a:b'.\n");
    }

    [Fact]
    public async Task W12_a_description_of_another_type_exits_1()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        maas.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("describe/", StringComparison.Ordinal))
                return false;
            context.Response.ContentType = "text/html";
            await context.Response.Body.WriteAsync("<p>"u8.ToArray());
            return true;
        };
        using var cli = new Cli();
        var refused = await cli.RunAsync("login", "p", maas.Url, FakeMaas.FakeMaas.Key);
        refused.Code.ShouldBe(1);
        refused.Error.ShouldStartWith("Expected application/json, got: text/html");
    }

    [Fact]
    public async Task Logout_is_silent_also_for_an_unknown_profile_and_fails_without_a_store()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        var without = await cli.RunAsync("logout", "p");
        without.Code.ShouldBe(2);
        without.Error.ShouldContain(".maascli.db");
        await cli.RunAsync("login", "p", maas.Url, FakeMaas.FakeMaas.Key);
        (await cli.RunAsync("logout", "other")).ShouldBe(new CliResult(0, "", ""));
        (await cli.RunAsync("logout", "p")).ShouldBe(new CliResult(0, "", ""));
        (await cli.RunAsync("list")).Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_of_the_same_name_replaces_the_profile()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        await cli.RunAsync("login", "p", maas.Url, "");
        await cli.RunAsync("login", "p", maas.Url, FakeMaas.FakeMaas.Key);
        (await cli.RunAsync("list")).Out.ShouldBe($"p {maas.Url}api/2.0/ {FakeMaas.FakeMaas.Key}\n");
    }

    [Fact]
    public async Task Profiles_are_readable_by_their_owner_only_and_hold_all_five_keys()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        var file = Path.Combine(cli.Home, ".maascli.db");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT CAST(data AS TEXT) FROM profiles WHERE name = 'admin'";
        using var document = System.Text.Json.JsonDocument.Parse((string)command.ExecuteScalar()!);
        document.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["cacerts", "credentials", "description", "name", "url"]);
    }

    [Fact]
    public async Task Line_7_a_store_written_by_the_original_is_used_without_a_new_login()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        // The original writes its JSON with blanks and other orders of keys, into a table made by its own words.
        string description;
        using (var ours = cli.Profiles())
            description = ours.Load("admin").Description;
        var file = Path.Combine(cli.Home, ".maascli.db");
        File.Delete(file);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB);
                INSERT INTO profiles (name, data) VALUES ('old', $data);
                """;
            command.Parameters.AddWithValue("$data",
                $$"""{"credentials": ["{{string.Join("\", \"", FakeMaas.FakeMaas.Key.Split(':'))}}"], "description": {{description}}, "name": "old", "url": "{{maas.Url}}api/2.0/"}""");
            command.ExecuteNonQuery();
        }

        (await cli.RunAsync("list")).Out.ShouldBe($"old {maas.Url}api/2.0/ {FakeMaas.FakeMaas.Key}\n");
        (await cli.RunAsync("old", "boot-resources", "is-importing")).ShouldBe(new CliResult(0, "false", ""));
    }

    [Fact]
    public async Task Refresh_reads_every_description_again()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("refresh")).ShouldBe(new CliResult(0, "", ""));
        maas.Lines.ShouldBe(["GET /MAAS/api/2.0/describe/"]);
    }

    [Fact]
    public async Task Switch_chooses_the_default_profile_and_refuses_unknown_names()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = await Cli.LoggedInAsync(maas);
        (await cli.RunAsync("switch", "admin")).ShouldBe(new CliResult(0, "", ""));
        using (var store = cli.Profiles())
            store.Default.ShouldBe("admin");
        var refused = await cli.RunAsync("switch", "nobody");
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("invalid choice: 'nobody' (choose from 'admin')");
    }

    [Fact]
    public async Task The_libmaas_form_of_login_takes_user_and_password()
    {
        await using var maas = await FakeMaas.FakeMaas.StartAsync();
        using var cli = new Cli();
        (await cli.RunAsync("login", "-p", "lib", maas.Url, "admin", "s3cret")).Code.ShouldBe(0);
        (await cli.RunAsync("list")).Out.ShouldBe($"lib {maas.Url}api/2.0/ {FakeMaas.FakeMaas.Key}\n");
    }

    [Fact]
    public async Task Cacerts_and_insecure_exclude_each_other()
    {
        using var cli = new Cli();
        var pem = cli.WriteFile("ca.pem", []);
        (await cli.RunAsync("login", "-k", "--cacerts", pem, "p", "https://127.0.0.1:1/MAAS/", "a:b:c")).Code.ShouldBe(1);
        (await cli.RunAsync("login", "--cacerts", pem, "p", "https://127.0.0.1:1/MAAS/", "a:b:c")).Code.ShouldBe(1);
    }
}
