using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Lifetimes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "UpstreamLabel",
                table: "Sets",
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "WithheldAt",
                table: "Sets",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "KeepDays",
                table: "Selections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "KeepVersions",
                table: "Selections",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CertificateAuthorities",
                table: "BootSources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ClientCertificateFile",
                table: "BootSources",
                type: "TEXT",
                maxLength: 1024,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Mirrors",
                table: "BootSources",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "Proxy",
                table: "BootSources",
                type: "TEXT",
                maxLength: 2048,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Scope",
                table: "ApiKeys",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "DamagedBlobs",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ActualSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Problem = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    UsedBy = table.Column<string>(type: "TEXT", nullable: false),
                    FoundAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RepairedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DamagedBlobs", x => x.Id);
                    table.CheckConstraint("CK_DamagedBlobs_ActualSha256_Length", "length(\"ActualSha256\") <= 64");
                    table.CheckConstraint("CK_DamagedBlobs_Problem_Length", "length(\"Problem\") <= 64");
                    table.CheckConstraint("CK_DamagedBlobs_Sha256_Length", "length(\"Sha256\") <= 64");
                });

            migrationBuilder.CreateTable(
                name: "DeletedSets",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 511, nullable: false),
                    Architecture = table.Column<string>(type: "TEXT", maxLength: 511, nullable: false),
                    Version = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    DeletedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DeletedBy = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Snapshot = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeletedSets", x => x.Id);
                    table.CheckConstraint("CK_DeletedSets_Architecture_Length", "length(\"Architecture\") <= 511");
                    table.CheckConstraint("CK_DeletedSets_DeletedBy_Length", "length(\"DeletedBy\") <= 255");
                    table.CheckConstraint("CK_DeletedSets_Name_Length", "length(\"Name\") <= 511");
                    table.CheckConstraint("CK_DeletedSets_Reason_Length", "length(\"Reason\") <= 64");
                    table.CheckConstraint("CK_DeletedSets_Version_Length", "length(\"Version\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "ScrubRuns",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Position = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Blobs = table.Column<int>(type: "INTEGER", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Damaged = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScrubRuns", x => x.Id);
                    table.CheckConstraint("CK_ScrubRuns_Position_Length", "length(\"Position\") <= 64");
                });

            migrationBuilder.CreateTable(
                name: "StreamViews",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Images = table.Column<string>(type: "TEXT", nullable: false),
                    Arches = table.Column<string>(type: "TEXT", nullable: false),
                    Labels = table.Column<string>(type: "TEXT", nullable: false),
                    TokenHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamViews", x => x.Id);
                    table.CheckConstraint("CK_StreamViews_Name_Length", "length(\"Name\") <= 255");
                });

            migrationBuilder.CreateTable(
                name: "UnreferencedBlobs",
                columns: table => new
                {
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UnreferencedBlobs", x => x.Sha256);
                    table.CheckConstraint("CK_UnreferencedBlobs_Sha256_Length", "length(\"Sha256\") <= 64");
                });

            migrationBuilder.CreateTable(
                name: "DeletedBlobs",
                columns: table => new
                {
                    DeletedSetId = table.Column<int>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeletedBlobs", x => new { x.DeletedSetId, x.Sha256 });
                    table.CheckConstraint("CK_DeletedBlobs_Sha256_Length", "length(\"Sha256\") <= 64");
                    table.ForeignKey(
                        name: "FK_DeletedBlobs_DeletedSets_DeletedSetId",
                        column: x => x.DeletedSetId,
                        principalTable: "DeletedSets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.AddCheckConstraint(
                name: "CK_Sets_UpstreamLabel_Length",
                table: "Sets",
                sql: "length(\"UpstreamLabel\") <= 255");

            migrationBuilder.AddCheckConstraint(
                name: "CK_BootSources_ClientCertificateFile_Length",
                table: "BootSources",
                sql: "length(\"ClientCertificateFile\") <= 1024");

            migrationBuilder.AddCheckConstraint(
                name: "CK_BootSources_Proxy_Length",
                table: "BootSources",
                sql: "length(\"Proxy\") <= 2048");

            migrationBuilder.CreateIndex(
                name: "IX_DamagedBlobs_Sha256",
                table: "DamagedBlobs",
                column: "Sha256");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedBlobs_Sha256",
                table: "DeletedBlobs",
                column: "Sha256");

            migrationBuilder.CreateIndex(
                name: "IX_DeletedSets_DeletedAt",
                table: "DeletedSets",
                column: "DeletedAt");

            migrationBuilder.CreateIndex(
                name: "IX_StreamViews_Name",
                table: "StreamViews",
                column: "Name",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DamagedBlobs");

            migrationBuilder.DropTable(
                name: "DeletedBlobs");

            migrationBuilder.DropTable(
                name: "ScrubRuns");

            migrationBuilder.DropTable(
                name: "StreamViews");

            migrationBuilder.DropTable(
                name: "UnreferencedBlobs");

            migrationBuilder.DropTable(
                name: "DeletedSets");

            migrationBuilder.DropCheckConstraint(
                name: "CK_Sets_UpstreamLabel_Length",
                table: "Sets");

            migrationBuilder.DropCheckConstraint(
                name: "CK_BootSources_ClientCertificateFile_Length",
                table: "BootSources");

            migrationBuilder.DropCheckConstraint(
                name: "CK_BootSources_Proxy_Length",
                table: "BootSources");

            migrationBuilder.DropColumn(
                name: "UpstreamLabel",
                table: "Sets");

            migrationBuilder.DropColumn(
                name: "WithheldAt",
                table: "Sets");

            migrationBuilder.DropColumn(
                name: "KeepDays",
                table: "Selections");

            migrationBuilder.DropColumn(
                name: "KeepVersions",
                table: "Selections");

            migrationBuilder.DropColumn(
                name: "CertificateAuthorities",
                table: "BootSources");

            migrationBuilder.DropColumn(
                name: "ClientCertificateFile",
                table: "BootSources");

            migrationBuilder.DropColumn(
                name: "Mirrors",
                table: "BootSources");

            migrationBuilder.DropColumn(
                name: "Proxy",
                table: "BootSources");

            migrationBuilder.DropColumn(
                name: "Scope",
                table: "ApiKeys");
        }
    }
}
